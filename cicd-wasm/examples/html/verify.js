import init, { verifyAuditChain } from "./node_modules/cicd-wasm/index.js";

const [input, verdict, chains] = ["export", "verdict", "chains"].map((id) => document.getElementById(id));
const isReady = init();

input.addEventListener("change", async () => {
  const [file] = input.files;
  if (!file) return;
  await isReady;
  const found = verifyAuditChain(await file.text());
  verdict.textContent = found.sound ? "Whole and unaltered." : "Not to be trusted.";
  chains.replaceChildren(...found.chains.map(line));
  if (found.damaged) {
    chains.append(item(`line ${found.damaged.line}: ${found.damaged.message}`));
  }
});

function line({ tenant, chain, verified, head, error }) {
  const so = error ? error.message : `ends at event ${head.seq} with ${head.hash}`;
  return item(`${tenant}, ${chain}: ${verified} events verified; ${so}`);
}

function item(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}
