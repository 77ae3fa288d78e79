/*
 * STAND-IN: for tests only, never for people. A program that fails at once. As `powershell.exe`: Wine's own reports
 * success without doing anything, which the installer takes for "the app is running". As `elevate.exe`: an installation
 * for one user never needs it.
 */
const char uvv_stand_in[] __attribute__((used)) = "USB-VIDEO-VAULT-TEST-STAND-IN";

int main(void) { return 1; }
