#!/usr/bin/env bash
# Makes the test clips from nothing but generated pictures and tones. Needs ffmpeg with libx264 and libvpx.
# The burned-in timecode tells which frame a screenshot shows.
set -euo pipefail
cd "$(dirname "$0")"
font=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf}
clock="drawtext=fontfile=$font:text='%{pts\\:hms}':fontsize=56:fontcolor=white:box=1:boxcolor=black:boxborderw=16:x=(w-tw)/2:y=h-th-48"
name() { echo "drawtext=fontfile=$font:text='$1':fontsize=36:fontcolor=white:x=40:y=40"; }
clip() { # source title seconds frequency
  echo -f lavfi -i "$1=s=640x360:r=25:d=$2" -f lavfi -i "sine=frequency=$3:sample_rate=48000:duration=$2"
}
h264="-c:v libx264 -preset veryslow -crf 30 -profile:v high -pix_fmt yuv420p -g 50 -c:a aac -b:a 64k"
ffmpeg -y -loglevel error $(clip testsrc2 30 330) -vf "$(name HARBOUR),$clock" $h264 -metadata title="The harbour" -movflags +faststart harbour.mp4
# The index (moov) at the end: what cameras and many tools write.
ffmpeg -y -loglevel error $(clip smptehdbars 12 440) -vf "$(name LIGHTHOUSE),$clock" $h264 -metadata title="The lighthouse" lighthouse.mp4
ffmpeg -y -loglevel error $(clip gradients 12 550) -vf "$(name TIDES),$clock" -c:v libvpx-vp9 -crf 45 -b:v 0 -g 50 -cpu-used 4 -c:a libopus -b:a 48k -metadata title="Tides" tides.webm
# A codec that Chromium does not play: must be refused.
ffmpeg -y -loglevel error $(clip testsrc2 1 330) -c:v mpeg4 -q:v 20 -c:a aac -b:a 32k refused-mpeg4.mp4
