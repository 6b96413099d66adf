// TensorFlow's libraries write notes about their own build to standard error while they are loaded, before any setting of
// theirs is read. This module closes standard error for that moment: mute() before, unmute() after.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

static int kept = -1;

static napi_value Mute(napi_env, napi_callback_info) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept < 0 && nowhere >= 0) {
    kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept >= 0) dup2(nowhere, STDERR_FILENO);
  }
  if (nowhere >= 0) close(nowhere);
  return nullptr;
}

static napi_value Unmute(napi_env, napi_callback_info) {
  if (kept >= 0) {
    dup2(kept, STDERR_FILENO);
    close(kept);
    kept = -1;
  }
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "mute", NAPI_AUTO_LENGTH, Mute, nullptr, &function) == napi_ok)
    napi_set_named_property(env, exports, "mute", function);
  if (napi_create_function(env, "unmute", NAPI_AUTO_LENGTH, Unmute, nullptr, &function) == napi_ok)
    napi_set_named_property(env, exports, "unmute", function);
  return exports;
}
