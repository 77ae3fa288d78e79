# What electron-builder's installer for Windows does in addition.

# electron-builder keeps a copy of each installer, for updates that fetch only what has changed. The app fetches whole
# packages, so the copy would only take space.
!macro customInstall
  Delete "$LOCALAPPDATA\usb-video-vault-updater\installer.exe"
!macroend

# The uninstaller of the old version also runs in the middle of an update, which must lose nothing.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    # The last update that was installed, which the updater keeps (src-main/updates/electron-installer.ts).
    RMDir /r "$LOCALAPPDATA\usb-video-vault-updater"
    # The app registers its links at each start (src-main/links/system-links.ts).
    DeleteRegKey HKCU "Software\Classes\usb-video-vault"
  ${endIf}
!macroend
