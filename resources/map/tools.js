// Measuring and drawing: points set by clicking, moved by dragging; the window is told of every change and does the rest.
"use strict";

(function () {
  const HANDLE = 12;

  function icon(kind) {
    return L.divIcon({ className: `handle ${kind}`, iconSize: [HANDLE, HANDLE] });
  }

  // `told(points)` gets [[lat, lon], ...] after every change.
  inspector.Tool = class {
    constructor(map, look, told) {
      this.map = map;
      this.look = look;
      this.told = told;
      this.closed = false;
      this.points = [];
      this.group = L.layerGroup().addTo(map);
      this.active = false;
    }

    // `closed` draws an area, otherwise a line; `points` are those to go on with.
    begin(closed, points) {
      this.end();
      this.active = true;
      this.closed = closed;
      this.points = points.map(([lat, lon]) => L.latLng(lat, lon));
      this.map.getContainer().classList.add("drawing");
      this.map.doubleClickZoom.disable();
      this.paint();
    }

    end() {
      this.active = false;
      this.points = [];
      this.group.clearLayers();
      this.map.getContainer().classList.remove("drawing");
      this.map.doubleClickZoom.enable();
    }

    add(latlng) {
      const last = this.points[this.points.length - 1];
      if (!last || !last.equals(latlng)) {
        this.points.push(latlng);
        this.changed();
      }
    }

    takeBack() {
      this.points.pop();
      this.changed();
    }

    changed() {
      this.paint();
      this.told(this.points.map(({ lat, lng }) => [lat, lng]));
    }

    paint() {
      this.group.clearLayers();
      const style = { color: this.look.colours.accent, weight: 2.5, fillOpacity: 0.14, pane: "tools", interactive: false };
      this.shape = this.closed && this.points.length > 2 ? L.polygon(this.points, style) : L.polyline(this.points, { ...style, fill: false });
      this.shape.addTo(this.group);
      this.points.forEach((_point, index) => this.addHandle(index));
      const sides = this.points.length - (this.closed && this.points.length > 2 ? 0 : 1);
      for (let side = 0; side < sides; side += 1) {
        this.addMiddle(side);
      }
    }

    addHandle(index) {
      const handle = L.marker(this.points[index], { icon: icon("corner"), draggable: true, pane: "handles", keyboard: false });
      handle.on("drag", (event) => {
        this.points[index] = event.latlng;
        this.shape.setLatLngs(this.points);
      });
      handle.on("dragend", () => this.changed());
      handle.on("contextmenu", () => {
        this.points.splice(index, 1);
        this.changed();
      });
      handle.addTo(this.group);
    }

    addMiddle(side) {
      const next = this.points[(side + 1) % this.points.length];
      const middle = L.latLng((this.points[side].lat + next.lat) / 2, (this.points[side].lng + next.lng) / 2);
      const handle = L.marker(middle, { icon: icon("middle"), draggable: true, pane: "handles", keyboard: false });
      handle.on("dragend", (event) => {
        this.points.splice(side + 1, 0, event.target.getLatLng());
        this.changed();
      });
      handle.addTo(this.group);
    }
  };
})();
