// Reloads the page when the site was built anew; the browser keeps the scroll.
const ask = async (query) => (await fetch(`/_live${query}`)).text();
const pause = () => new Promise((done) => setTimeout(done, 1000));
let seen = await ask("").catch(() => "0");
for (;;) {
  try {
    const version = await ask(`?version=${seen}`);
    if (version !== seen) location.reload();
    seen = version;
  } catch {
    await pause();
  }
}
