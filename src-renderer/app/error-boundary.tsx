import { Component, type ReactNode } from "react";
import { bestLanguage } from "../../src-shared/languages.ts";
import { createSpeech, type Speech } from "../i18n/index.ts";
import { Button, Waiting } from "../ui/index.ts";
import styles from "./app.module.css";

type ErrorBoundaryProps = { children: ReactNode; onError: (error: unknown) => void };

/** Reports an error of ours, and shows a sentence where it would leave an empty window. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error);
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

/** The texts in the language of the page, for what stands outside the provider of the texts. */
function pageSpeech(): Speech {
  return createSpeech(bestLanguage([document.documentElement.lang]), "");
}

/** Before the first snapshot. */
export function Starting(): ReactNode {
  return (
    <main className={styles["starting"]}>
      <Waiting>{pageSpeech().words.app.starting}</Waiting>
    </main>
  );
}

/** Stands outside everything that may have failed. */
export function Broken(): ReactNode {
  const { words } = pageSpeech();
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
