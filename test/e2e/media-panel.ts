import { execFileSync } from "node:child_process";

// The media panel of a Linux desktop (MPRIS 2.2), on the session bus of the test.

function dbus(...args: string[]): string {
  return execFileSync("dbus-send", ["--session", "--print-reply", ...args], { encoding: "utf8" });
}

function player(): string {
  const names = dbus("--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames");
  const name = /"(org\.mpris\.MediaPlayer2\.[^"]+)"/.exec(names)?.[1];
  if (name === undefined) throw new Error("no player is on the bus");
  return name;
}

/** The title in the panel. */
export function panelTitle(): string | undefined {
  const interfaceName = "org.mpris.MediaPlayer2.Player";
  const properties = dbus(
    `--dest=${player()}`,
    "/org/mpris/MediaPlayer2",
    "org.freedesktop.DBus.Properties.Get",
    `string:${interfaceName}`,
    "string:Metadata",
  );
  return /"xesam:title"\s+variant\s+string "([^"]*)"/.exec(properties)?.[1];
}

/** Presses a button of the panel, as a media key does. */
export function pressInPanel(button: "Play" | "Pause" | "PlayPause" | "Next" | "Previous"): void {
  dbus(`--dest=${player()}`, "/org/mpris/MediaPlayer2", `org.mpris.MediaPlayer2.Player.${button}`);
}
