import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles.css";

const root = createRoot(document.getElementById("root")!);

// Loading the app reads the configuration, which may be missing or wrong.
import("./App").then(
  ({ App }) => root.render(<StrictMode><App /></StrictMode>),
  (error: unknown) => root.render(<NotConfigured reason={error instanceof Error ? error.message : String(error)} />),
);

function NotConfigured({ reason }: { reason: string }) {
  return (
    <main className="landing">
      <h1>Not configured yet</h1>
      <p>{reason}</p>
      <p>Put a file <code>config.json</code> beside <code>index.html</code>, with the address of Castellan and this
        app’s publishable key:</p>
      <pre>{`{ "url": "https://castellan.example.com", "key": "cas_pk_sandbox_..." }`}</pre>
    </main>
  );
}
