// The client's own words of both languages, by key.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

async function readWords() {
    const web = createRequire(new URL("../../web/package.json", import.meta.url));
    const { createServer } = await import(web.resolve("vite"));
    const root = fileURLToPath(new URL("../../web", import.meta.url));
    const server = await createServer({
        root,
        server: { middlewareMode: true, watch: null },
        optimizeDeps: { noDiscovery: true },
    });
    const [{ en }, { zh }] = [
        await server.ssrLoadModule("/src/ui/words/en.ts"),
        await server.ssrLoadModule("/src/ui/words/zh.ts"),
    ];
    await server.close();
    return { en, zh };
}
const words = await readWords();

export const wordsIn =
    (language) =>
    (key, values = {}) =>
        key
            .split(".")
            .reduce((part, name) => part[name], words[language])
            .replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
