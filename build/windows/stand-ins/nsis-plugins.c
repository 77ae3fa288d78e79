/*
 * STAND-IN: for tests only, never for people. The plug-ins of electron-builder's NSIS scripts come as binaries that
 * are neither in Debian nor on npm. These functions do what the scripts of a one-click installer for one user need,
 * so that the scripts can be run; they are not what is shipped. One DLL serves under the name of each plug-in.
 *
 * The interface is that of NSIS: a stack of strings, and the user variables $0 to $9 and $R0 to $R9 in one block.
 */
#include <windows.h>
#include <shellapi.h>
#include <wchar.h>

/* Found by the build of a release, which refuses every file that contains it. */
__declspec(dllexport) const char uvv_stand_in[] = "USB-VIDEO-VAULT-TEST-STAND-IN";

typedef struct stack_t {
  struct stack_t *next;
  wchar_t text[1];
} stack_t;

#define FUNCTION(name) \
  __declspec(dllexport) void __cdecl name(HWND parent, int size, wchar_t *variables, stack_t **top, void *extra)

static wchar_t *pop(stack_t **top) {
  static wchar_t texts[4][8192];
  static int used;
  wchar_t *text = texts[used++ % 4];
  stack_t *item = *top;
  *text = 0;
  if (item) {
    lstrcpynW(text, item->text, 8192);
    *top = item->next;
    GlobalFree(item);
  }
  return text;
}

static void push(stack_t **top, int size, const wchar_t *text) {
  stack_t *item = GlobalAlloc(GPTR, sizeof(stack_t) + size * sizeof(wchar_t));
  lstrcpynW(item->text, text, size);
  item->next = *top;
  *top = item;
}

/* StdUtils */

FUNCTION(GetParentPath) {
  wchar_t *path = pop(top), *end = wcsrchr(path, L'\\');
  *(end ? end : path) = 0;
  push(top, size, path);
}

/* The command line without the program, which may be in quotes. */
FUNCTION(GetAllParameters) {
  wchar_t *line = GetCommandLineW();
  wchar_t end = *line == L'"' ? L'"' : L' ';
  pop(top);
  for (line++; *line && *line != end;) line++;
  if (*line == L'"') line++;
  while (*line == L' ') line++;
  push(top, size, line);
}

/* What follows the name of an option such as --name or --name=value; 0 if the option is not there. */
static wchar_t *afterOption(const wchar_t *name) {
  size_t length = wcslen(name);
  int count;
  wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
  for (int i = 1; i < count; i++) {
    wchar_t *word = words[i] + wcsspn(words[i], L"-/");
    if (word == words[i] || _wcsnicmp(word, name, length)) continue;
    if (!word[length] || word[length] == L'=') return word + length;
  }
  return 0;
}

/* The value of --name=value, or what the script takes instead. */
FUNCTION(GetParameter) {
  wchar_t *otherwise = pop(top), *found = afterOption(pop(top));
  push(top, size, found && *found ? found + 1 : otherwise);
}

FUNCTION(TestParameter) { push(top, size, afterOption(pop(top)) ? L"true" : L"false"); }

FUNCTION(ExecShellAsUser) {
  wchar_t *arguments = pop(top), *verb = pop(top), *file = pop(top);
  push(top, size, (INT_PTR)ShellExecuteW(0, verb, file, arguments, 0, SW_SHOWNORMAL) > 32 ? L"ok" : L"error");
}

FUNCTION(HashFile) {
  pop(top);
  pop(top);
  push(top, size, L"error");
}

/* UAC: never an administrator, and never the inner one of two installers. A question that ends with "s" is answered
 * on the stack, another one in $0. */
FUNCTION(_) {
  wchar_t *question = pop(top);
  if (wcschr(question, L's')) push(top, size, L"0");
  else lstrcpynW(variables, L"0", size);
}

/* WinShell: the identity of shortcuts in the taskbar. */
FUNCTION(SetLnkAUMI) {
  pop(top);
  pop(top);
}
FUNCTION(UninstShortcut) { pop(top); }
FUNCTION(UninstAppUserModelId) { pop(top); }

/* SpiderBanner: the small window of a visible installation. It takes /MODERN and perhaps /ICON with a path. */
FUNCTION(Show) {
  while (*top && (*top)->text[0] == L'/') {
    int hasValue = !wcscmp((*top)->text, L"/ICON");
    pop(top);
    if (hasValue) pop(top);
  }
}

/* Nsis7z: unpacks into the current folder, by the 7-Zip of the package 7zip-bin. */
FUNCTION(Extract) {
  static wchar_t line[16384];
  STARTUPINFOW start = {sizeof start};
  PROCESS_INFORMATION process;
  _snwprintf(line, 16383, L"\"%ls\" x -y -bd \"%ls\"", SEVEN_ZIP, pop(top));
  if (!CreateProcessW(0, line, 0, 0, FALSE, CREATE_NO_WINDOW, 0, 0, &start, &process)) return;
  WaitForSingleObject(process.hProcess, INFINITE);
  CloseHandle(process.hProcess);
  CloseHandle(process.hThread);
}
