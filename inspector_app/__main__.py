"""`python -m inspector_app` is the command."""

from inspector_app.cli.start import main

main()
