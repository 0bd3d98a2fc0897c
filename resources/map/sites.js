// All sites in one canvas: asks for what the viewport shows, draws clusters and marks, knows what lies under the pointer.
// And what the canvases of the map share: none is drawn anew while what it holds covers the window.
"use strict";

(function () {
  const PADDING = 0.25; // of the window on each side, so that a drag shows no empty edge
  const MARK_PX = 6.5;

  const LONGEST = 28; // letters of a code on the map; the note beside a mark has all of them

  const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

  function codePlaces(away) {
    return [
      [away, 0, "left"],
      [-away, 0, "right"],
      [0, -away - 5, "center"],
      [0, away + 5, "center"],
    ];
  }

  // One piece of drawing per frame, so that no frame is late.
  const waiting = [];

  function next() {
    const draw = waiting.shift();
    if (waiting.length) {
      requestAnimationFrame(next);
    }
    draw();
  }

  inspector.soon = function (draw) {
    waiting.push(draw);
    if (waiting.length === 1) {
      requestAnimationFrame(next);
    }
  };

  // A renderer that keeps its drawing when the map was moved, as long as that reaches to the edges of the window.
  const lasting = (renderer) =>
    renderer.extend({
      options: { padding: PADDING },

      getEvents() {
        const events = renderer.prototype.getEvents.call(this);
        const first = events.viewprereset;
        return {
          ...events,
          viewprereset() {
            this._leaves = true; // another zoom or place: everything is drawn anew right after
            if (first) {
              first.call(this);
            }
          },
          moveend: this._settle,
        };
      },

      _reset() {
        this._leaves = false;
        renderer.prototype._reset.call(this);
      },

      _settle() {
        if (!this._leaves && !this._covers()) {
          inspector.soon(() => this._map && !this._covers() && this._update());
        }
      },

      _covers() {
        const corner = this._map.containerPointToLayerPoint([0, 0]);
        return this._bounds.contains(L.bounds(corner, corner.add(this._map.getSize())));
      },
    });

  inspector.Ground = lasting(L.Canvas);

  inspector.Sites = lasting(L.Renderer).extend({
    options: { pane: "sites" },

    // `look` is shared with the rest of the page: colours, marks, labels, hidden kinds, revision, selected site, own place.
    initialize(look) {
      L.Renderer.prototype.initialize.call(this, {});
      this.look = look;
      this.view = null;
      this.items = [];
      this.pointed = -1;
      this.asked = 0;
    },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.className = "sites";
      this._ctx = this._container.getContext("2d");
      this._ring = document.createElement("div");
      this._ring.className = "ring gone";
      this.getPane().appendChild(this._ring);
    },

    _destroyContainer() {
      this._ring.remove();
      this._container.remove();
      delete this._container;
    },

    _settle() {
      inspector.Ground.prototype._settle.call(this);
      this.refresh();
    },

    _update() {
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const scale = window.devicePixelRatio || 1;
      const canvas = this._container;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      const [width, height] = [Math.round(size.x * scale), Math.round(size.y * scale)];
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      this.place();
      this.paint();
      this.refresh();
    },

    // Asks for the sites in view, unless what is there already covers it.
    refresh() {
      const box = this._map.getBounds();
      // sites are gathered for whole zooms; the whole country may stand between two, larger than at its own
      const zoom = Math.floor(this._map.getZoom() + 0.3);
      const scale = this._map.getZoomScale(this._map.getZoom(), zoom);
      const key = `${this.look.revision}/${this._map.getZoom()}/${this.look.hidden}`;
      if (!this.look.revision || (this.view && this.view.key === key && this.view.bounds.contains(box))) {
        return;
      }
      const wide = box.pad(PADDING);
      const corners = [
        Math.max(-360, wide.getWest()),
        Math.max(-85, wide.getSouth()),
        Math.min(360, wide.getEast()),
        Math.min(85, wide.getNorth()),
      ];
      this.asked += 1;
      const mine = this.asked;
      fetch(`app://map/view?box=${corners}&zoom=${zoom}&scale=${scale}&hidden=${this.look.hidden}&revision=${this.look.revision}`)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`view: ${answer.status}`))))
        .then((view) => {
          if (mine === this.asked && this._map) {
            this.show(view, key);
          }
        })
        .catch((error) => console.error(String(error)));
    },

    show(view, key) {
      const [west, south, east, north] = view.box;
      const sites = view.sites.map(([n, lat, lon, kind, code]) => ({ n, lat, lon, kind, code, radius: MARK_PX }));
      const clusters = view.clusters.map(([lat, lon, count, shares, extent]) => ({
        lat,
        lon,
        count,
        shares,
        extent,
        radius: inspector.clusterRadius(count),
      }));
      // the worst comes last, on top of the others
      sites.sort((one, other) => other.kind - one.kind);
      this.view = { ...view, key, bounds: L.latLngBounds([south, west], [north, east]) };
      this.items = [...clusters.sort((one, other) => one.count - other.count), ...sites];
      this.place();
      this.point(-1);
      this.paint();
      this.fire("shown", { count: view.count, zoom: view.zoom, numbers: sites.map((each) => each.n) });
    },

    place() {
      this.items.forEach((item) => {
        item.at = this._map.latLngToLayerPoint([item.lat, item.lon]);
      });
    },

    // Paints with the next frame, once for whatever has changed until then.
    redraw() {
      if (!this._frame) {
        this._frame = requestAnimationFrame(() => this.paint());
      }
    },

    paint() {
      cancelAnimationFrame(this._frame);
      this._frame = 0;
      if (!this._map || !this._bounds || !this.look.colours) {
        return;
      }
      const ctx = this._ctx;
      const scale = window.devicePixelRatio || 1;
      const { min } = this._bounds;
      ctx.setTransform(scale, 0, 0, scale, 0, 0);
      ctx.clearRect(0, 0, this._container.width, this._container.height);
      ctx.translate(-min.x, -min.y);
      const inside = this.items.filter((item) => this._bounds.contains(item.at));
      const taken = inside.map(({ at, radius }) => [at.x - radius - 2, at.y - radius - 2, at.x + radius + 2, at.y + radius + 2]);
      this.look.labels.paint(ctx, this._map, this._bounds, taken, this.look.colours);
      this.paintCodes(ctx, inside, taken);
      inside.forEach((item) => this.paintItem(ctx, item));
      this.paintChosen(ctx);
    },

    paintItem(ctx, item) {
      const { colours, marks } = this.look;
      if (item.count) {
        inspector.drawCluster(ctx, marks, item, item.at.x, item.at.y, item.radius, colours);
      } else {
        inspector.stampMark(ctx, marks[item.kind], item.at.x, item.at.y, item.radius, colours);
      }
    },

    paintCodes(ctx, inside, taken) {
      const alone = inside.filter((item) => !item.count);
      if (this._map.getZoom() < 7 && alone.length > 40) {
        return;
      }
      alone.reverse().forEach((item) => {
        const label = { lines: [short(item.code)], font: "600 11px", size: 11, colour: "site_label" };
        const chosen = this.look.selected && this.look.selected.n === item.n;
        inspector.placeText(ctx, label, item.at, codePlaces(chosen ? 19 : 12), taken, this.look.colours);
      });
    },

    paintChosen(ctx) {
      const { colours, marks, selected, here } = this.look;
      const ring = (at, radius, colour, width) => {
        ctx.beginPath();
        ctx.arc(at.x, at.y, radius, 0, 2 * Math.PI);
        ctx.strokeStyle = colour;
        ctx.lineWidth = width;
        ctx.stroke();
      };
      if (selected) {
        const at = this._map.latLngToLayerPoint([selected.lat, selected.lon]);
        ring(at, 13, colours.halo, 6);
        ring(at, 13, colours.accent, 3);
        inspector.drawMark(ctx, marks[selected.kind], at.x, at.y, MARK_PX + 0.5, colours.mark_line, colours.disc);
      }
      if (here) {
        const at = this._map.latLngToLayerPoint([here.lat, here.lon]);
        ring(at, 7, colours.halo, 7);
        ring(at, 7, colours.accent, 3);
        ring(at, 1.5, colours.accent, 3);
      }
    },

    // The item under a point of the map's layers, the topmost first; -1 when there is none.
    under(point) {
      for (let at = this.items.length - 1; at >= 0; at -= 1) {
        const item = this.items[at];
        if (item.at.distanceTo(point) <= item.radius + 3) {
          return at;
        }
      }
      return -1;
    },

    // Puts a ring around one item; -1 takes it away.
    point(index) {
      this.pointed = index;
      const item = this.items[index];
      this._ring.classList.toggle("gone", !item);
      if (item) {
        const radius = item.radius + 5;
        this._ring.style.width = `${2 * radius}px`;
        this._ring.style.height = `${2 * radius}px`;
        L.DomUtil.setPosition(this._ring, item.at.subtract([radius, radius]));
      }
    },

    // Items inside the window from left to right, for the keyboard.
    inView() {
      const size = this._map.getSize();
      const seen = L.bounds(this._map.containerPointToLayerPoint([0, 0]), this._map.containerPointToLayerPoint(size));
      return this.items
        .map((item, index) => ({ item, index }))
        .filter(({ item }) => seen.contains(item.at))
        .sort((one, other) => one.item.at.x - other.item.at.x || one.item.at.y - other.item.at.y)
        .map(({ index }) => index);
    },
  });
})();
