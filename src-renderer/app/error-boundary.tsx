import { Component, type ReactNode } from "react";
import { createSpeech, type Language } from "../i18n/index.ts";
import { Button } from "../ui/index.ts";
import styles from "./app.module.css";

/** Says something calm where a fault of ours would leave an empty window. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

/** Stands outside everything that may have failed, so it takes the language from the page itself. */
export function Broken(): ReactNode {
  const language: Language = (document.documentElement.lang || navigator.language).startsWith("fr") ? "fr" : "en";
  const { words } = createSpeech(language, "");
  return (
    <main className={styles["broken"]} role="alert">
      <h1>{words.crash.title}</h1>
      <p>{words.crash.body}</p>
      <Button look="main" onPress={() => window.location.reload()}>
        {words.crash.reload}
      </Button>
    </main>
  );
}
