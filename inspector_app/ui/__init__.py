"""The window; the only room that knows Qt."""

from inspector_app.ui.endless import make_endless

make_endless()
