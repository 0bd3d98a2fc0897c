// Names of countries, regions, water and towns: what there is room for, with a halo, none over another or over a mark.
"use strict";

(function () {
  const FROM_ZOOM = { 1: 4, 2: 5, 3: 6, 4: 8 }; // by the rank of a town
  const PLACES = [
    [7, 0, "left"],
    [-7, 0, "right"],
    [0, -12, "center"],
    [0, 12, "center"],
    [5, -9, "left"],
    [5, 9, "left"],
    [-5, -9, "right"],
    [-5, 9, "right"],
    [0, -17, "center"],
    [0, 17, "center"],
  ]; // of a name around its town: right, left, above, below, then the corners, then farther off

  function middle(geometry) {
    const rings = geometry.type === "MultiPolygon" ? geometry.coordinates.map((each) => each[0]) : [geometry.coordinates[0]];
    let best = { area: -1, lat: 0, lon: 0 };
    rings.forEach((ring) => {
      let area = 0;
      let x = 0;
      let y = 0;
      for (let at = 0; at < ring.length - 1; at += 1) {
        const part = ring[at][0] * ring[at + 1][1] - ring[at + 1][0] * ring[at][1];
        area += part;
        x += (ring[at][0] + ring[at + 1][0]) * part;
        y += (ring[at][1] + ring[at + 1][1]) * part;
      }
      if (Math.abs(area) > best.area) {
        best = { area: Math.abs(area), lon: x / (3 * area), lat: y / (3 * area) };
      }
    });
    return best;
  }

  function folded(text, width) {
    const lines = [];
    text.split(" ").forEach((word) => {
      const last = lines.length - 1;
      if (last >= 0 && lines[last].length + word.length < width) {
        lines[last] += ` ${word}`;
      } else {
        lines.push(word);
      }
    });
    return lines;
  }

  inspector.Labels = class {
    constructor() {
      this.candidates = [];
      this.shown = { regions: true, towns: true };
    }

    // Takes the features of one layer; names are read in `language`, falling back to Russian, then English.
    learn(layer, features, language) {
      const name = (of) => of[`name_${language}`] || of.name_ru || of.name_en || "";
      features.forEach((feature) => {
        const about = feature.properties;
        const label = this.describe(layer, about, feature.geometry);
        if (label && name(about)) {
          this.candidates.push({ ...label, layer, lines: folded(name(about), label.fold) });
        }
      });
      this.candidates.sort((one, other) => one.order - other.order);
    }

    describe(layer, about, geometry) {
      const [lon, lat] = about.label || [];
      switch (layer) {
        case "towns":
          return {
            lon: geometry.coordinates[0],
            lat: geometry.coordinates[1],
            fold: 99,
            from: Math.max(FROM_ZOOM[about.rank], about.country === "KZ" ? 0 : 6),
            to: 18,
            dot: about.rank === 1 ? 3.5 : about.rank === 2 ? 3 : 2.2,
            font: about.rank === 1 ? "600 13px" : about.rank === 2 ? "12px" : "11px",
            size: about.rank === 1 ? 13 : about.rank === 2 ? 12 : 11,
            colour: "town_label",
            order: about.rank * 10 - Math.min(9, about.population / 300000),
          };
        case "regions":
          return { lon, lat, fold: 16, from: 5, to: 8, font: "11px", size: 11, colour: "region_label", order: 22 };
        case "neighbours":
          return { lon, lat, fold: 99, from: 4, to: 7, font: "12px", size: 12, colour: "country_label", order: 60, wide: true };
        case "country":
          return { lon, lat, fold: 99, from: 4, to: 4, font: "13px", size: 13, colour: "country_label", order: 25, wide: true };
        case "water": {
          if (about.kind === "river" || about.kind === "dry_bed") {
            return null;
          }
          const at = middle(geometry);
          const from = Math.max(4, Math.min(8, Math.round(5.5 - Math.log2(Math.max(at.area, 0.01)) / 2.2)));
          return { lon: at.lon, lat: at.lat, fold: 14, from, to: 12, font: "italic 11px", size: 11, colour: "water_label", order: 40 };
        }
        default:
          return null;
      }
    }

    // Paints onto `ctx`, whose unit is the pixel of `map`'s layers; `taken` are boxes [left, top, right, bottom] of marks.
    paint(ctx, map, bounds, taken, colours) {
      const zoom = Math.round(map.getZoom());
      this.candidates.forEach((each) => {
        if (zoom < each.from || zoom > each.to || this.shown[each.layer] === false) {
          return;
        }
        const at = map.latLngToLayerPoint([each.lat, each.lon]);
        if (!bounds.contains(at)) {
          return;
        }
        const isWritten = inspector.placeText(ctx, each, at, each.dot ? PLACES : [[0, 0, "center"]], taken, colours);
        if (each.dot && isWritten) {
          ctx.beginPath();
          ctx.arc(at.x, at.y, each.dot, 0, 2 * Math.PI);
          ctx.fillStyle = colours.town;
          ctx.strokeStyle = colours.halo;
          ctx.lineWidth = 2;
          ctx.stroke();
          ctx.fill();
          taken.push([at.x - each.dot, at.y - each.dot, at.x + each.dot, at.y + each.dot]);
        }
      });
    }
  };

  // Writes lines where the first of `places` leaves them free of `taken`, and takes that room; false when there is none.
  inspector.placeText = function (ctx, label, at, places, taken, colours) {
    ctx.font = `${label.font} Noto, sans-serif`;
    ctx.letterSpacing = label.wide ? "1.5px" : "0px";
    const height = label.size * 1.15;
    const width = Math.max(...label.lines.map((line) => ctx.measureText(line).width));
    const free = places.find(([dx, dy, align]) => {
      const left = at.x + dx - (align === "left" ? 0 : align === "right" ? width : width / 2);
      const top = at.y + dy - (label.lines.length * height) / 2;
      const box = [left - 2, top - 1, left + width + 2, top + label.lines.length * height + 1];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) {
        return false;
      }
      taken.push(box);
      return true;
    });
    if (free) {
      const [dx, dy, align] = free;
      ctx.textAlign = align;
      ctx.textBaseline = "middle";
      ctx.lineJoin = "round";
      ctx.strokeStyle = colours.halo;
      ctx.fillStyle = colours[label.colour];
      ctx.lineWidth = 3;
      label.lines.forEach((line, row) => {
        const y = at.y + dy + (row - (label.lines.length - 1) / 2) * height;
        ctx.strokeText(line, at.x + dx, y);
        ctx.fillText(line, at.x + dx, y);
      });
    }
    ctx.letterSpacing = "0px";
    return Boolean(free);
  };
})();
