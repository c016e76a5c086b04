import axe from "axe-core";

// `e2e` looks at the whole document in a real browser: jsdom draws no colours, and has not the language of `index.html`.
const rules = { "color-contrast": { enabled: false }, "html-has-lang": { enabled: false } };

/** What axe finds wrong with what is shown, in words. */
export async function violations(): Promise<string[]> {
  const { violations: found } = await axe.run(document, { rules });
  return found.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
}
