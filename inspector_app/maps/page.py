"""The page of the map: folium's frame around Leaflet, our own scripts, and a policy that lets nothing else in."""

import base64
import hashlib
import re

import folium
from branca.element import MacroElement
from folium.template import Template

from inspector_app.maps.layers import MAX_ZOOM

ORIGIN = "app://map"
"""Where the page and everything it asks for come from: the window's own scheme, never the network."""

SCRIPTS = ("marks.js", "labels.js", "sites.js", "tools.js", "bridge.js")
"""Our own scripts of resources/map in the order they are read."""

CENTRE, ZOOM, MIN_ZOOM = (48.2, 67.0), 5, 4

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_INLINE_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class _Start(MacroElement):
    """The call of our own script, once the map is there."""

    _template = Template("{% macro script(this, kwargs) %}inspector.start({{ this._parent.get_name() }});{% endmacro %}")


def page() -> str:
    """The page as HTML; it names no host but its own scheme, and holds no fact of the register."""
    frame = folium.Map(
        location=CENTRE,
        zoom_start=ZOOM,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        prefer_canvas=True,
        minZoom=MIN_ZOOM,
        maxZoom=MAX_ZOOM,
        # look.md: no motion
        zoomAnimation=False,
        fadeAnimation=False,
        inertia=False,
    )
    frame._id = "inspector"  # noqa: SLF001 - the script must know the map's name, and two renderings must be equal
    frame.default_js = [
        ("leaflet", f"{ORIGIN}/leaflet.js"),
        ("qwebchannel", f"{ORIGIN}/qwebchannel.js"),
        *((name, f"{ORIGIN}/{name}") for name in SCRIPTS),
    ]
    frame.default_css = [("leaflet_style", f"{ORIGIN}/leaflet.css"), ("ours", f"{ORIGIN}/map.css")]
    frame.add_child(_Start())  # type: ignore[no-untyped-call]
    html: str = frame.get_root().render()
    return html.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{_policy(html)}">', 1)


def _policy(html: str) -> str:
    """What the page may load: its own origin, and exactly the lines that folium wrote into it."""
    scripts = " ".join(_digest(each) for each in _INLINE_SCRIPT.findall(html))
    styles = " ".join(_digest(each) for each in _INLINE_STYLE.findall(html))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {ORIGIN}/ {scripts}",
            f"style-src {ORIGIN}/ {styles}",
            f"img-src {ORIGIN}/ data:",
            f"font-src {ORIGIN}/",
            f"connect-src {ORIGIN}/",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
