// The page's one door to the window: what the window tells, what a person does here. Facts arrive as data and are shown as
// text; nothing that stands in the register is ever read as markup or run.
"use strict";

(function () {
  const HOME = L.latLngBounds([40.2, 46.2], [55.7, 87.6]);
  const ROAM = L.latLngBounds([25, 15], [66, 120]);
  const LAYERS = ["neighbours", "country", "water", "regions", "towns"];
  const BORDERS = ["abroad", "band", "border"];
  const LONGEST_WAIT_MS = 500; // of the other geography for the sites

  // Where the built-in geography ends (scripts/make_geo.py); no country ends there.
  const EDGES = { lon: [40, 95], lat: [34, 60] };

  function bordersOf(features) {
    const isEdge = ([lon, lat], [lon2, lat2]) =>
      (lon === lon2 && EDGES.lon.includes(lon)) || (lat === lat2 && EDGES.lat.includes(lat));
    const lines = [];
    features.forEach(({ geometry }) => {
      (geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : geometry.coordinates).forEach((ring) => {
        let line = [ring[0]];
        ring.slice(1).forEach((point, at) => {
          if (isEdge(ring[at], point)) {
            lines.push(line);
            line = [];
          }
          line.push(point);
        });
        lines.push(line);
      });
    });
    return { type: "MultiLineString", coordinates: lines.filter((line) => line.length > 1) };
  }

  const look = {
    colours: null,
    marks: [],
    labels: new inspector.Labels(),
    hidden: "",
    revision: 0,
    selected: null,
    here: null,
    covered: 0, // pixels at the left that the window's legend lies over
    words: {},
  };

  // Leaflet's own says "km" in every language.
  const Scale = L.Control.Scale.extend({
    _updateMetric(most) {
      const metres = this._getRoundNum(most);
      const [words, number] = metres < 1000 ? [look.words.metres, metres] : [look.words.kilometres, metres / 1000];
      this._mScale.style.width = `${Math.round((this.options.maxWidth * metres) / most)}px`;
      this._mScale.textContent = (words || "{number}").replace("{number}", number);
    },
  });

  function element(kind, className, text) {
    const made = document.createElement(kind);
    made.className = className;
    made.textContent = text || "";
    return made;
  }

  function markPicture(kind) {
    const canvas = document.createElement("canvas");
    const scale = window.devicePixelRatio || 1;
    canvas.width = 16 * scale;
    canvas.height = 16 * scale;
    canvas.className = "mark";
    const ctx = canvas.getContext("2d");
    ctx.scale(scale, scale);
    inspector.drawMark(ctx, look.marks[kind], 8, 8, 5, look.colours.disc, look.colours.disc);
    return canvas;
  }

  class Page {
    constructor(map, window_) {
      this.map = map;
      this.window = window_;
      this.look = look;
      this.shapes = {};
      this.popup = null;
      this.tilesLayer = null;
      this.makePanes();
      this.makeControls();
      this.sites = new inspector.Sites(look).addTo(map);
      this.sitesShown = new Promise((done) => {
        this.sites.once("shown", done);
        setTimeout(done, LONGEST_WAIT_MS);
      });
      this.tool = new inspector.Tool(map, look, (points) => window_.drawn(JSON.stringify(points)));
      this.tip = element("div", "tip");
      map.getContainer().appendChild(this.tip);
      this.listen();
      map.setMaxBounds(ROAM);
      this.stayHome();
    }

    // The whole country fills what the legend leaves of the window, until a person or the window goes elsewhere.
    stayHome() {
      const container = this.map.getContainer();
      const fit = () => {
        const step = this.map.options.zoomSnap;
        this.map.options.zoomSnap = 0; // as large as there is room for, not in whole steps
        const zoom = this.map.getBoundsZoom(HOME, false, L.point(look.covered, 0));
        const [west, east] = [HOME.getNorthWest(), HOME.getSouthEast()].map((corner) => this.map.project(corner, zoom));
        const free = Math.max(0, this.map.getSize().x - (east.x - west.x));
        const middle = west.add(east).subtract([Math.min(free, look.covered), 0]).divideBy(2);
        this.map.setView(this.map.unproject(middle, zoom), zoom, { animate: false });
        this.map.options.zoomSnap = step;
      };
      this.fitHome = fit;
      this.atHome = true;
      this.leaveHome = () => {
        this.atHome = false;
        this.map.off("resize", fit);
        ["mousedown", "wheel", "keydown", "touchstart"].forEach((each) => container.removeEventListener(each, this.leaveHome));
      };
      ["mousedown", "wheel", "keydown", "touchstart"].forEach((each) => container.addEventListener(each, this.leaveHome));
      this.map.on("resize", fit);
      fit();
    }

    makePanes() {
      [["land", 200], ["tiles", 210], ["lines", 220], ["boundaries", 400], ["sites", 450], ["tools", 500], ["handles", 600]].forEach(
        ([name, level]) => {
          const pane = this.map.createPane(name);
          pane.style.zIndex = level;
          pane.style.pointerEvents = name === "handles" ? "auto" : "none";
        },
      );
      this.canvases = {
        land: new inspector.Ground({ pane: "land" }),
        lines: new inspector.Ground({ pane: "lines" }),
        boundaries: new inspector.Ground({ pane: "boundaries" }),
      };
    }

    makeControls() {
      this.zoomControl = L.control.zoom({ position: "topright" }).addTo(this.map);
      this.scale = new Scale({ position: "bottomright", imperial: false, maxWidth: 120 }).addTo(this.map);
      this.credit = L.control.attribution({ position: "bottomright", prefix: "Leaflet" }).addTo(this.map);
    }

    listen() {
      const { map, sites } = this;
      sites.on("shown", ({ count, numbers, zoom }) => this.window.view_shown(count, JSON.stringify(numbers), zoom));
      let waiting = null;
      map.on("mousemove", (event) => {
        if (waiting === null) {
          requestAnimationFrame(() => {
            this.hover(waiting);
            waiting = null;
          });
        }
        waiting = event;
      });
      map.on("mouseout", () => {
        this.tip.style.display = "none";
        sites.point(-1);
        this.window.left();
      });
      map.on("click", (event) => (this.tool.active ? this.tool.add(event.latlng) : this.press(sites.under(event.layerPoint))));
      map.on("moveend", () => {
        if (!this.atHome) {
          const { lat, lng } = map.getCenter();
          this.window.looked(lat, lng, Math.round(map.getZoom()));
        }
      });
      map.on("movestart zoomstart", () => {
        this.tip.style.display = "none";
      });
      map.on("popupclose", (event) => {
        if (event.popup === this.popup) {
          this.popup = null;
        }
      });
      map.getContainer().addEventListener("keydown", (event) => this.key(event));
    }

    hover(event) {
      const { lat, lng } = event.latlng;
      this.window.hovered(lat, lng);
      const index = this.tool.active ? -1 : this.sites.under(event.layerPoint);
      this.sites.point(index);
      this.map.getContainer().classList.toggle("pointing", index >= 0);
      this.explain(index);
    }

    // The small note beside a mark or cluster: its code, or its numbers by status.
    explain(index) {
      const item = this.sites.items[index];
      if (!item) {
        this.tip.style.display = "none";
        return;
      }
      this.tip.replaceChildren();
      const shares = item.count ? item.shares : [[item.kind, 0]];
      if (!item.count) {
        this.tip.appendChild(element("div", "head", item.code));
      }
      shares.forEach(([kind, count]) => {
        const line = element("div", "line");
        line.appendChild(markPicture(kind));
        line.appendChild(element("span", "", look.marks[kind].label));
        if (count) {
          line.appendChild(element("span", "number", String(count)));
        }
        this.tip.appendChild(line);
      });
      this.tip.style.display = "block";
      const at = this.map.layerPointToContainerPoint(item.at);
      const size = this.map.getSize();
      const flip = at.x + item.radius + this.tip.offsetWidth + 16 > size.x;
      this.tip.style.left = `${flip ? at.x - item.radius - 10 - this.tip.offsetWidth : at.x + item.radius + 10}px`;
      this.tip.style.top = `${Math.max(8, Math.min(at.y - 14, size.y - this.tip.offsetHeight - 8))}px`;
    }

    press(index) {
      const item = this.sites.items[index];
      if (!item) {
        this.window.site_clicked(0);
      } else if (!item.count) {
        this.window.site_clicked(item.n);
      } else {
        this.open(item);
      }
    }

    // Goes nearer to a cluster; where its sites cannot be told apart, the window lists them.
    open(cluster) {
      const zoom = this.map.getZoom();
      if (!cluster.extent) {
        this.map.setView([cluster.lat, cluster.lon], Math.min(zoom + 2, this.map.getMaxZoom()));
        return;
      }
      const [west, south, east, north] = cluster.extent;
      const bounds = L.latLngBounds([south, west], [north, east]);
      const far = this.map.project(bounds.getNorthWest(), 17).distanceTo(this.map.project(bounds.getSouthEast(), 17));
      if (far < 24 || zoom >= 17) {
        this.window.cluster_clicked(west, south, east, north);
      } else {
        const paddingTopLeft = [look.covered + 50, 90];
        this.map.fitBounds(bounds, { paddingTopLeft, paddingBottomRight: [90, 90], maxZoom: Math.max(zoom + 1, 15) });
      }
    }

    key(event) {
      if (this.tool.active && (event.key === "Backspace" || event.key === "Delete")) {
        this.tool.takeBack();
      } else if (event.key === "Escape") {
        this.map.closePopup();
        this.sites.point(-1);
        this.explain(-1);
        this.window.escaped();
      } else if (event.key === "Enter" && event.target === this.map.getContainer()) {
        if (this.tool.active) {
          this.window.finished();
        } else if (this.sites.pointed >= 0) {
          this.press(this.sites.pointed);
        }
      } else if (event.key === "Tab" && !this.tool.active && event.target === this.map.getContainer()) {
        const order = this.sites.inView();
        const next = order[order.indexOf(this.sites.pointed) + (event.shiftKey ? -1 : 1)];
        this.sites.point(next === undefined ? -1 : next);
        this.explain(this.sites.pointed);
        if (next === undefined) {
          return; // the last result: the focus goes on to what follows the map
        }
      } else {
        return;
      }
      event.preventDefault();
    }

    // -- what the window tells -----------------------------------------------------------------------------------------

    hear(said) {
      const { tell, ...facts } = JSON.parse(said);
      this[`on_${tell}`](facts);
    }

    on_words({ language, marks, words, credits }) {
      document.documentElement.lang = language;
      look.marks = marks;
      look.words = words;
      credits.forEach((each) => this.credit.addAttribution(each));
      const buttons = this.zoomControl.getContainer().querySelectorAll("a");
      [words.zoom_in, words.zoom_out].forEach((text, at) => {
        buttons[at].title = text;
        buttons[at].setAttribute("aria-label", text);
      });
      this.map.getContainer().setAttribute("role", "application");
      this.map.getContainer().setAttribute("aria-label", words.map);
      this.scale._update();
      LAYERS.forEach((name) => this.loadLayer(name, language));
    }

    on_theme({ colours }) {
      look.colours = colours;
      Object.entries(colours).forEach(([name, value]) => {
        document.documentElement.style.setProperty(`--${name.replace(/_/g, "-")}`, value);
      });
      Object.values(this.shapes).forEach((shape) => shape.setStyle(shape.options.style));
      if (this.tool.active) {
        this.tool.paint();
      }
      this.sites.redraw();
    }

    on_sites({ revision, hidden }) {
      look.revision = revision;
      look.hidden = hidden.join(",");
      this.sites.refresh();
    }

    on_select({ site }) {
      look.selected = site;
      this.sites.redraw();
    }

    on_here({ place }) {
      look.here = place;
      this.sites.redraw();
    }

    // Goes to a place, at exactly `zoom` or at least as near as `least`.
    on_look({ lat, lon, zoom, least }) {
      this.leaveHome();
      this.map.setView([lat, lon], zoom || Math.max(this.map.getZoom(), least), { animate: false });
    }

    on_covered({ left }) {
      const before = look.covered;
      look.covered = left;
      if (this.atHome && left !== before) {
        this.fitHome();
      }
    }

    on_go({ box }) {
      const [west, south, east, north] = box;
      this.leaveHome();
      const paddingTopLeft = [look.covered + 40, 40];
      this.map.fitBounds([[south, west], [north, east]], { paddingTopLeft, paddingBottomRight: [40, 40], animate: false, maxZoom: 15 });
    }

    on_card({ card }) {
      this.map.closePopup();
      if (!card) {
        return;
      }
      this.explain(-1);
      const box = element("div", "card");
      box.appendChild(element("div", "title", card.title));
      card.sites.forEach((site) => box.appendChild(this.cardOf(site, card.sites.length === 1)));
      if (card.more) {
        box.appendChild(element("div", "quiet", card.more));
      }
      const shape = { maxWidth: 320, minWidth: 220, className: "site", offset: [0, -6], closeButton: false };
      this.popup = L.popup({ ...shape, autoPanPaddingTopLeft: [look.covered + 12, 12], autoPanPaddingBottomRight: [56, 12] })
        .setLatLng([card.lat, card.lon])
        .setContent(box)
        .openOn(this.map);
    }

    // A whole card, or one line of a list; a line brings its site to the middle.
    cardOf(site, whole) {
      const part = element(whole ? "div" : "button", whole ? "whole" : "listed");
      const line = element("div", "line");
      line.appendChild(markPicture(site.kind));
      line.appendChild(element("span", "", whole ? site.status : site.code));
      if (site.far) {
        line.appendChild(element("span", "number quiet", site.far));
      }
      const name = element("div", "name", site.name);
      part.append(...(whole ? [name, line] : [line, name]));
      if (!whole) {
        part.type = "button";
        part.addEventListener("click", () => this.window.site_listed(site.id));
        return part;
      }
      const mass = element("div", "line");
      mass.appendChild(element("span", "quiet", look.words.remaining));
      mass.appendChild(element("span", "number", site.remaining));
      const open = element("button", "primary", look.words.open);
      open.type = "button";
      open.addEventListener("click", () => this.window.open_clicked(site.id));
      part.append(mass, open);
      return part;
    }

    on_boundaries({ boundaries }) {
      if (this.shapes.boundaries) {
        this.shapes.boundaries.remove();
      }
      const style = (feature) => ({
        color: look.marks[feature.properties.kind].colour,
        weight: 2,
        fillOpacity: 0.12,
        dashArray: feature.properties.kind === 0 ? "6 4" : null,
      });
      const features = boundaries.map(([kind, geometry]) => ({ type: "Feature", properties: { kind }, geometry }));
      this.shapes.boundaries = L.geoJSON(features, { style, interactive: false, renderer: this.canvases.boundaries });
      this.shapes.boundaries.addTo(this.map);
    }

    on_layers({ shown }) {
      look.shown = shown;
      Object.assign(look.labels.shown, { regions: shown.regions, towns: shown.towns });
      if (this.shapes.regions) {
        this.shapes.regions.setStyle(this.shapes.regions.options.style);
      }
      this.map.getPane("boundaries").classList.toggle("gone", !shown.boundaries);
      this.sites.redraw();
    }

    on_tiles({ tiles }) {
      if (this.tilesLayer) {
        this.tilesLayer.remove();
        this.tilesLayer = null;
      }
      this.map.getPane("land").classList.toggle("gone", Boolean(tiles));
      if (tiles) {
        const [west, south, east, north] = tiles.bounds || [-180, -85, 180, 85];
        this.tilesLayer = L.tileLayer(`app://map/tile/{z}/{x}/{y}?file=${tiles.number}`, {
          pane: "tiles",
          minNativeZoom: tiles.min_zoom,
          maxNativeZoom: tiles.max_zoom,
          maxZoom: this.map.getMaxZoom(),
          bounds: [[south, west], [north, east]],
        }).addTo(this.map);
      }
    }

    on_tool({ kind, points }) {
      if (kind) {
        this.map.closePopup();
        this.tool.begin(kind !== "distance", points);
        if (points.length > 2) {
          this.leaveHome();
          const paddingTopLeft = [look.covered + 60, 80];
          this.map.fitBounds(points, { paddingTopLeft, paddingBottomRight: [60, 80], animate: false, maxZoom: 16 });
        }
      } else {
        this.tool.end();
      }
    }

    on_take_back() {
      this.tool.takeBack();
    }

    // -- geography -----------------------------------------------------------------------------------------------------

    loadLayer(name, language) {
      fetch(`app://map/geo/${name}`)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`${name}: ${answer.status}`))))
        .then(async (layer) => {
          if (name !== "country") {
            await this.sitesShown; // the outline of the country is soon drawn, all the rest takes longer than the sites
          }
          inspector.soon(() => {
            look.labels.learn(name, layer.features, language);
            if (name !== "towns") {
              this.addShapes(name, layer);
            }
            this.sites.redraw();
          });
        })
        .catch((error) => console.error(String(error)));
    }

    // Sites come first: what there is of land, water and borders is added piece by piece, so that they never wait for it.
    addShapes(name, layer) {
      this.addShape(name, layer, name === "regions" ? "lines" : "land", (feature) => this.styleOf(name, feature.properties));
      if (name === "neighbours") {
        const style = () => ({ fill: false, color: look.colours.region, weight: 1 });
        inspector.soon(() => this.addShape("abroad", bordersOf(layer.features), "lines", style));
      }
      if (name === "country") {
        const style = () => ({ fill: false, color: look.colours.border, weight: 1.4 });
        const band = () => ({ fill: false, color: look.colours.band, weight: 9 });
        inspector.soon(() => this.addShape("band", layer, "lines", band));
        inspector.soon(() => this.addShape("border", layer, "lines", style));
      }
    }

    addShape(name, geography, canvas, style) {
      this.shapes[name] = L.geoJSON(geography, { interactive: false, renderer: this.canvases[canvas], style }).addTo(this.map);
      // fetched side by side, painted in one order
      [...LAYERS, ...BORDERS].forEach((each) => this.shapes[each] && this.shapes[each].bringToFront());
    }

    styleOf(name, about) {
      const { colours } = look;
      switch (name) {
        case "neighbours":
          return { stroke: false, fillColor: colours.abroad, fillOpacity: 1 };
        case "country":
          return { stroke: false, fillColor: colours.land, fillOpacity: 1 };
        case "water":
          if (about.kind === "river") {
            return { fill: false, color: colours.river, weight: 1.3 };
          }
          if (about.kind === "dry_bed") {
            return { color: colours.river, weight: 0.8, dashArray: "3 4", fillColor: colours.water, fillOpacity: 0.25 };
          }
          return { stroke: about.kind !== "sea", color: colours.river, weight: 0.8, fillColor: colours.water, fillOpacity: 1 };
        default:
          return { fill: false, stroke: !look.shown || look.shown.regions, color: colours.region, weight: 1 };
      }
    }
  }

  inspector.start = function (map) {
    new QWebChannel(qt.webChannelTransport, (channel) => {
      const window_ = channel.objects.window;
      const page = new Page(map, window_);
      inspector.page = page; // for the tests, which look at what is shown
      window_.told.connect((said) => page.hear(said));
      const fonts = ["12px Noto", "600 12px Noto", "italic 12px Noto"].map((each) => document.fonts.load(each));
      Promise.all(fonts).then(() => page.sites.redraw());
      window_.ready();
    });
  };
})();
