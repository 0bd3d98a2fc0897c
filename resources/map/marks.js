// Marks of statuses on a canvas: the same shapes and colours as in the window's tables and on paper (domain/marks.py).
"use strict";

window.inspector = {};

(function () {
  const TURN = 2 * Math.PI;

  function polygon(ctx, x, y, radius, corners) {
    ctx.beginPath();
    for (let corner = 0; corner < corners; corner += 1) {
      const angle = -TURN / 4 + (corner * TURN) / corners;
      ctx.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    ctx.closePath();
  }

  function outline(ctx, shape, x, y, radius) {
    switch (shape) {
      case "diamond":
        polygon(ctx, x, y, radius * 1.06, 4);
        break;
      case "square":
        ctx.beginPath();
        ctx.rect(x - radius * 0.83, y - radius * 0.83, radius * 1.66, radius * 1.66);
        break;
      case "triangle":
      case "half-triangle":
        polygon(ctx, x, y + radius * 0.18, radius * 1.12, 3);
        break;
      case "pentagon":
        polygon(ctx, x, y + radius * 0.05, radius * 1.04, 5);
        break;
      case "dot":
        ctx.beginPath();
        ctx.arc(x, y, radius * 0.6, 0, TURN);
        break;
      default:
        ctx.beginPath();
        ctx.arc(x, y, radius * 0.92, 0, TURN);
    }
  }

  function hatch(ctx, x, y, radius, colour) {
    ctx.save();
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, TURN);
    ctx.clip();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let at = -2 * radius; at <= 2 * radius; at += 3.5) {
      ctx.moveTo(x + at - radius, y + radius);
      ctx.lineTo(x + at + radius, y - radius);
    }
    ctx.stroke();
    ctx.restore();
  }

  function cross(ctx, x, y, radius, width, colour) {
    const arm = radius * 0.78;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.lineCap = "butt";
    ctx.beginPath();
    ctx.moveTo(x - arm, y - arm);
    ctx.lineTo(x + arm, y + arm);
    ctx.moveTo(x + arm, y - arm);
    ctx.lineTo(x - arm, y + arm);
    ctx.stroke();
  }

  // One mark around (x, y); `line` parts it from what lies beneath, `ground` fills what is hollow.
  inspector.drawMark = function (ctx, mark, x, y, radius, line, ground) {
    ctx.lineJoin = "round";
    if (mark.shape === "cross") {
      ctx.beginPath();
      ctx.arc(x, y, radius * 1.35, 0, TURN);
      ctx.fillStyle = ground;
      ctx.fill();
      hatch(ctx, x, y, radius * 1.35, mark.colour);
      cross(ctx, x, y, radius, radius * 0.62 + 2.5, ground);
      cross(ctx, x, y, radius, radius * 0.55, mark.colour);
      return;
    }
    outline(ctx, mark.shape, x, y, radius);
    ctx.strokeStyle = line;
    ctx.lineWidth = 3;
    ctx.stroke();
    if (mark.shape === "ring") {
      ctx.fillStyle = ground;
      ctx.fill();
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.arc(x, y, radius * 0.92, -TURN / 4, -TURN / 4 + (mark.quarters * TURN) / 4);
      ctx.closePath();
      ctx.fillStyle = mark.colour;
      ctx.fill();
      outline(ctx, "circle", x, y, radius);
    } else if (mark.shape === "half-triangle") {
      ctx.fillStyle = ground;
      ctx.fill();
      ctx.save();
      ctx.beginPath();
      ctx.rect(x - 2 * radius, y + radius * 0.1, 4 * radius, 2 * radius);
      ctx.clip();
      outline(ctx, mark.shape, x, y, radius);
      ctx.fillStyle = mark.colour;
      ctx.fill();
      ctx.restore();
      outline(ctx, mark.shape, x, y, radius);
    } else {
      ctx.fillStyle = mark.colour;
      ctx.fill();
      return;
    }
    ctx.strokeStyle = mark.colour;
    ctx.lineWidth = Math.max(1.2, radius / 4);
    ctx.stroke();
  };

  // The same mark painted once and then copied, which costs a twentieth.
  const stamps = new Map();

  inspector.stampMark = function (ctx, mark, x, y, radius, colours) {
    const scale = window.devicePixelRatio || 1;
    const half = Math.ceil(radius * 1.35) + 2;
    const key = [mark.shape, mark.colour, mark.quarters, radius, colours.mark_line, colours.disc, scale].join();
    let stamp = stamps.get(key);
    if (!stamp) {
      stamp = document.createElement("canvas");
      stamp.width = Math.round(2 * half * scale);
      stamp.height = stamp.width;
      const its = stamp.getContext("2d");
      its.scale(scale, scale);
      inspector.drawMark(its, mark, half, half, radius, colours.mark_line, colours.disc);
      stamps.set(key, stamp);
    }
    ctx.drawImage(stamp, x - half, y - half, 2 * half, 2 * half);
  };

  // A cluster: a disc with its number, and a ring whose arcs are the shares of the statuses, worst first from the top.
  inspector.drawCluster = function (ctx, marks, cluster, x, y, radius, colours) {
    ctx.beginPath();
    ctx.arc(x, y, radius + 1, 0, TURN);
    ctx.fillStyle = colours.disc_line;
    ctx.fill();
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, TURN);
    ctx.fillStyle = colours.disc;
    ctx.fill();
    let from = -TURN / 4;
    let told = 0;
    ctx.lineWidth = 4;
    ctx.lineCap = "butt";
    cluster.shares.forEach(([kind, count], place) => {
      told += count;
      const { colour } = marks[kind];
      const next = cluster.shares[place + 1];
      if (next && marks[next[0]].colour === colour) {
        return; // one arc for one colour: no seam between its statuses
      }
      const to = -TURN / 4 + (told / cluster.count) * TURN;
      ctx.beginPath();
      ctx.arc(x, y, radius - 2.5, from, to);
      ctx.strokeStyle = colour;
      ctx.stroke();
      from = to;
    });
    ctx.fillStyle = colours.disc_label;
    ctx.font = `600 ${cluster.count > 99999 ? 10 : radius > 15 ? 12 : 11}px Noto, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(String(cluster.count), x, y + 0.5);
  };

  inspector.clusterRadius = (count) => Math.min(22, 10.5 + 2.5 * Math.log10(count) + (count > 999 ? 3 : 0));
})();
