// A form whose files are more than the functions may be handed at once: each is sent ahead, where the functions say, and the
// form carries what names it. Where they take all files with their form, it is sent as it is.

const form = document.querySelector("[data-form]");
const { announce, filesInForm, fileSending, fileNotSent } = form.dataset;
const status = form.querySelector("[data-sending]");
const ahead = new WeakSet();
let isBusy = false;

form.addEventListener("submit", async (event) => {
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const chosen = inputs.flatMap((input) => [...input.files].map((file) => ({ input, file })));
  const size = chosen.reduce((sum, { file }) => sum + file.size, 0);
  if (isBusy) return event.preventDefault();
  if (size <= filesInForm || form.dataset.together) return;
  event.preventDefault();
  isBusy = true;
  for (const error of form.querySelectorAll("[data-error]")) error.hidden = true;
  let refused;
  for (const { input, file } of chosen) {
    if (ahead.has(file)) continue;
    say(fileSending, file);
    try {
      const message = await send(input, file);
      if (message) refused ??= { input, message };
      if (form.dataset.together) break;
    } catch {
      refused ??= { input, message: fileNotSent.replace("{name}", file.name) };
    }
  }
  isBusy = false;
  status.hidden = true;
  if (refused) return show(refused);
  if (!form.dataset.together) for (const input of inputs) input.value = "";
  form.requestSubmit(event.submitter);
});

function say(words, { name }) {
  status.textContent = words.replace("{name}", name);
  status.hidden = false;
}

// Sends a file ahead; gives why not, when the functions say so.
async function send({ name: input }, file) {
  const body = new URLSearchParams({ input, name: file.name, size: file.size });
  const answer = await fetch(announce, { method: "POST", body });
  if (answer.status === 204) {
    form.dataset.together = "yes";
    return undefined;
  }
  const said = await answer.json();
  if (!answer.ok) return said.message;
  const sent = await fetch(said.url, { method: "PUT", body: new Blob([file]) });
  if (!sent.ok) throw new Error(sent.statusText);
  const carrier = Object.assign(document.createElement("input"), { type: "hidden", name: said.input, value: said.token });
  form.append(carrier);
  ahead.add(file);
  return undefined;
}

// The form is as before, with what was chosen: form.js is told that leaving would lose it.
function show({ input, message }) {
  const error = form.querySelector(`[data-error="${input.name}"]`);
  error.textContent = message;
  error.hidden = false;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}
