; What electron-builder's installer for Windows does besides copying the app.

!macro customInstall
  ; The updater asks it whether the app that runs is the one that this installer would replace: a copy of the folder, on a
  ; stick for example, is not (src-main/updates/package-target.ts).
  FileOpen $0 "$INSTDIR\resources\package-type" w
  FileWriteUTF16LE /BOM $0 "nsis$\r$\n$INSTDIR$\r$\n"
  FileClose $0
!macroend

!macro customUnInstall
  ; An update uninstalls the old version first, and runs from this folder itself.
  ${ifNot} ${isUpdated}
    RMDir /r "$LOCALAPPDATA\usb-video-vault-updater"
    ; The handler of license links, unless another copy of the app has taken it over.
    ReadRegStr $0 HKCU "Software\Classes\usb-video-vault\shell\open\command" ""
    StrCpy $1 '"$INSTDIR\'
    StrLen $2 $1
    StrCpy $0 $0 $2
    ${if} $0 == $1
      DeleteRegKey HKCU "Software\Classes\usb-video-vault"
    ${endIf}
  ${endIf}
!macroend
