import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The client is linked from this repository, outside of this folder.
  server: { fs: { allow: [".", "../../clients/typescript"] } },
});
