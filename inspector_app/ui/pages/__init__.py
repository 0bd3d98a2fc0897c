"""One file per page of the window; a page asks, shows, and listens to one signal."""
