import { Component, type ReactNode } from "react";
import { bestLanguage } from "../../src-shared/languages.ts";
import { createI18n, type I18n } from "../i18n/index.ts";
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

/** The texts in the language of the page, for components outside `I18nProvider`. */
function pageI18n(): I18n {
  return createI18n(bestLanguage([document.documentElement.lang]), "");
}

/** Shown until the first snapshot arrives. */
export function Starting(): ReactNode {
  return (
    <main className={styles["starting"]}>
      <Waiting>{pageI18n().messages.app.starting}</Waiting>
    </main>
  );
}

/** Uses nothing that may have failed. */
export function Broken(): ReactNode {
  const { messages } = pageI18n();
  return (
    <main className={styles["broken"]} role="alert">
      <h1>{messages.crash.title}</h1>
      <p>{messages.crash.body}</p>
      <Button look="main" onPress={() => window.location.reload()}>
        {messages.crash.reload}
      </Button>
    </main>
  );
}
