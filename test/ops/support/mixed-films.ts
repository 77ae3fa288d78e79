import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFilm } from "./make-film.ts";

type Recipe = { readonly name: string; readonly options?: string; readonly damage?: (bytes: Buffer) => Buffer };

const SCREEN = "-c:v libvpx -deadline realtime -c:a libvorbis";
const VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus";
const half = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);
const hole = (bytes: Buffer) => Buffer.from(bytes).fill(0, bytes.length >> 1, (bytes.length * 3) >> 2);

/** A folder as publishers have it: containers, codecs, tracks, names and faults of every kind. */
const RECIPES: readonly Recipe[] = [
  { name: "1 plain.mp4" },
  { name: "2 quick start.mp4", options: "-movflags +faststart" },
  { name: "3 fragments.mp4", options: "-movflags +frag_keyframe+empty_moov+default_base_moof" },
  { name: "4 apple.mov" },
  { name: "5 capital.MP4" },
  { name: "6 itunes.m4v" },
  { name: "7 matroska.mkv" },
  { name: "8 vp8.webm", options: SCREEN },
  { name: "9 vp9.webm", options: VP9 },
  { name: "10 ten bits.mp4", options: "-pix_fmt yuv420p10le" },
  { name: "11 full chroma.mp4", options: "-pix_fmt yuv444p" },
  { name: "12 silent.mp4", options: "-an" },
  { name: "13 mono.mp4", options: "-ac 1 -ar 22050" },
  { name: "14 surround.mp4", options: "-ac 6" },
  { name: "15 mp3.mp4", options: "-c:a libmp3lame" },
  { name: "16 flac.mkv", options: "-c:a flac" },
  { name: "17 opus.mkv", options: "-c:a libopus" },
  { name: "18 pcm.mov", options: "-c:a pcm_s16le" },
  {
    name: "19 two languages.mkv",
    options: "-map 0 -map 1 -map 1 -metadata:s:a:0 language=eng -metadata:s:a:1 language=fra",
  },
  { name: "20 anamorphic.mp4", options: "-vf setsar=4/3" },
  { name: "21 turned.mp4", options: "-metadata:s:v rotate=90" },
  { name: "22 odd size.mp4", options: "-vf scale=318:178" },
  { name: "23 slow pictures.mp4", options: "-r 5" },
  { name: "24 late sound.mkv", options: "-af adelay=800" },
  { name: "25 Spider-Man – T-34 (2024).mp4" },
  { name: "26 Œuvres d’été.mkv" },
  { name: "27 فیلم.mp4" },
  { name: "28 av1.mp4", options: "-c:v libaom-av1 -cpu-used 8" },
  { name: "29 mjpeg.mov", options: "-c:v mjpeg -pix_fmt yuvj420p" },
  { name: "30 prores.mov", options: "-c:v prores_ks" },
  { name: "31 hevc.mp4", options: "-c:v libx265 -x265-params log-level=0 -tag:v hvc1" },
  { name: "32 hevc.mkv", options: "-c:v libx265 -x265-params log-level=0" },
  { name: "33 ac3.mkv", options: "-c:a ac3" },
  { name: "34 eac3.mp4", options: "-c:a eac3" },
  { name: "35 dts.mkv", options: "-c:a dca -strict -2 -b:a 768k" },
  { name: "36 alac.mov", options: "-c:a alac" },
  { name: "37 old.avi", options: "-c:v mpeg4 -c:a libmp3lame" },
  { name: "38 mpeg4.mp4", options: "-c:v mpeg4" },
  { name: "39 broadcast.ts" },
  { name: "40 dvd.mpg", options: "-c:v mpeg2video -c:a mp2" },
  { name: "41 windows.wmv", options: "-c:v wmv2 -c:a wmav2" },
  { name: "42 flash.flv" },
  { name: "43 interlaced.mp4", options: "-flags +ilme+ildct -c:v mpeg2video" },
  { name: "44 without index.mkv", options: "-f matroska -live 1" },
  { name: "45 half.mp4", options: "-movflags +faststart", damage: half },
  { name: "46 half.mkv", damage: half },
  { name: "47 half.webm", options: VP9, damage: half },
  { name: "48 hole.mp4", damage: hole },
  { name: "49 only text.mp4", damage: () => Buffer.from("not a film") },
  { name: "50 empty.mkv", damage: () => Buffer.alloc(0) },
];

/** Fills a folder with these films, and with the files that lie beside films. */
export function makeMixedFilms(folder: string, every = 1, seconds = 3): string[] {
  mkdirSync(folder, { recursive: true });
  const recipes = RECIPES.filter((_recipe, index) => index % every === 0);
  for (const { name, options = "", damage } of recipes) {
    const path = join(folder, name);
    makeFilm(path, options, seconds);
    if (damage) writeFileSync(path, damage(readFileSync(path)));
  }
  writeFileSync(join(folder, "1 plain.en.vtt"), "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
  writeFileSync(join(folder, "1 plain.fr.forced.srt"), "1\n00:00:01,000 --> 00:00:02,000\nBonjour\n");
  writeFileSync(join(folder, "read me.txt"), "not a film");
  writeFileSync(join(folder, "._1 plain.mp4"), "of another system");
  cpSync(join(folder, "1 plain.mp4"), join(folder, ".hidden.mp4"));
  return recipes.map(({ name }) => name);
}
