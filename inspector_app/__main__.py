"""`python -m inspector_app` is the command."""

from inspector_app.cli.main import main

main()
