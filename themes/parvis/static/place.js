// A place on the map of a form: pointed at, or moved with the arrow keys; its coordinates are written in the field. The
// field is complete without it.

// Where a latitude and a longitude, in degrees, are on a drawing, and back: `Projection` of the build says how it draws.
export function project({ x, y, zoom }, [latitude, longitude]) {
  return [x + zoom * radians(longitude), y - zoom * Math.log(Math.tan(Math.PI / 4 + radians(latitude) / 2))];
}

export function unproject({ x, y, zoom }, [across, down]) {
  return [degrees(2 * Math.atan(Math.exp((y - down) / zoom)) - Math.PI / 2), degrees((across - x) / zoom)];
}

const radians = (angle) => (angle * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

// The coordinates that a text says, latitude first: « 43.60447, 1.44422 », « 43,60447 ; 1,44422 ».
export function coordinates(text) {
  const numbers = /^\s*([-+−]?\d+(?:[.,]\d+)?)\s*°?\s*[,;\s]\s*([-+−]?\d+(?:[.,]\d+)?)\s*°?\s*$/.exec(text);
  const [latitude, longitude] = (numbers ?? []).slice(1).map((part) => Number(part.replace(",", ".").replace("−", "-")));
  return Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 ? [latitude, longitude] : undefined;
}

const SVG = "http://www.w3.org/2000/svg";

// In units of the drawing; with Shift, as near as can be pointed at.
const STEP = 16;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

for (const place of globalThis.document?.querySelectorAll("[data-map]") ?? []) enhance(place);

function enhance(place) {
  const input = document.getElementById(place.dataset.map);
  const drawing = place.querySelector("figure svg");
  const { width, height } = drawing.viewBox.baseVal;
  const projection = Object.fromEntries(["x", "y", "zoom"].map((name) => [name, Number(place.dataset[name])]));
  const help = place.querySelector("[data-help]");
  const pin = document.createElementNS(SVG, "path");
  pin.setAttribute("class", "pin");
  pin.setAttribute("d", "M0 0c-8-22-26-32-26-54a26 26 0 1 1 52 0c0 22-18 32-26 54z");
  drawing.append(pin);
  let at;

  const isInside = ([across, down]) => across >= 0 && across <= width && down >= 0 && down <= height;
  const show = (where) => {
    at = where && isInside(where) ? where : undefined;
    pin.style.display = at ? "" : "none";
    if (at) pin.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
  };
  const put = ([across, down]) => {
    show([Math.min(Math.max(across, 0), width), Math.min(Math.max(down, 0), height)]);
    input.value = unproject(projection, at).map((angle) => angle.toFixed(5)).join(", ");
    place.querySelector("[role=status]").textContent = input.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const read = () => {
    const said = coordinates(input.value);
    show(said && project(projection, said));
  };

  help.hidden = false;
  drawing.tabIndex = 0;
  drawing.setAttribute("role", "application");
  drawing.setAttribute("aria-describedby", `${drawing.getAttribute("aria-describedby")} ${help.id}`);
  drawing.addEventListener("click", ({ clientX, clientY }) => {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(drawing.getScreenCTM().inverse());
    put([x, y]);
  });
  drawing.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 1 : STEP;
    put(at ? [at[0] + way[0] * step, at[1] + way[1] * step] : [width / 2, height / 2]);
  });
  // What `put` writes is cut to five decimals: the marker stays where it was pointed at.
  input.addEventListener("input", (event) => event.isTrusted && read());
  input.form.addEventListener("reset", () => show());
  read();
}
