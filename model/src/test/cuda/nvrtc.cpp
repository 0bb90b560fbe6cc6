// The compiler at run time: g++ behind a prelude that speaks CUDA. What it made is kept by the hash of all that went in.
#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "image.h"

#define EMULATED_API extern "C" __attribute__((visibility("default")))

namespace {

enum Result { ok = 0, invalidInput = 3, invalidProgram = 4, invalidOption = 5, compilation = 6, internalError = 11 };

struct Program {
  std::string source, name, log, image;
};

std::string directory() {
  Dl_info info;
  dladdr(reinterpret_cast<void *>(&directory), &info);
  char *real = realpath(info.dli_fname, nullptr);
  std::string path = real == nullptr ? info.dli_fname : real;
  free(real);
  return path.substr(0, path.rfind('/'));
}

std::string read(const std::string &path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string hash(const std::string &text) {
  unsigned long long a = 0xcbf29ce484222325ull, b = 0x9ae16a3b2f90404full;
  for (unsigned char c : text) {
    a = (a ^ c) * 0x100000001b3ull;
    b = (b + c) * 0x9fb21c651e98df25ull;
    b ^= b >> 29;
  }
  char digits[33];
  std::snprintf(digits, sizeof digits, "%016llx%016llx", a, b);
  return digits;
}

bool starts(const std::string &text, const char *prefix) { return text.rfind(prefix, 0) == 0; }

std::string quoted(const std::string &word) {
  std::string result = "'";
  for (char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// Whether the command came to a good end; its output is in the file.
bool succeeds(const std::string &command, const std::string &output) {
  int status = std::system((command + " > " + quoted(output) + " 2>&1").c_str());
  return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Options that NVRTC has and this takes; g++'s for them go to the end of the command.
bool translate(const std::vector<std::string> &options, int &architecture, std::string &command, std::string &log) {
  for (size_t i = 0; i < options.size(); i++) {
    std::string option = options[i];
    if (option == "-D" || option == "--gpu-architecture" || option == "-arch" || option == "--define-macro") {
      if (i + 1 == options.size()) return false;
      option += (option == "-D" ? "" : "=") + options[++i];
    }
    size_t equals = option.find('=');
    std::string value = equals == std::string::npos ? "" : option.substr(equals + 1);
    if (starts(option, "--gpu-architecture=") || starts(option, "-arch=")) {
      if (!starts(value, "sm_") && !starts(value, "compute_")) {
        log = "nvrtc: error: invalid value for --gpu-architecture (-arch)\n";
        return false;
      }
      architecture = std::atoi(value.c_str() + value.find('_') + 1);
      if (architecture < 75 || architecture > 121) {
        log = "nvrtc: error: invalid value for --gpu-architecture (-arch)\n";
        return false;
      }
      if (starts(value, "compute_")) architecture = -architecture;  // PTX only: no machine code
    } else if (starts(option, "-D")) {
      command += " " + quoted(option);
    } else if (starts(option, "--define-macro=")) {
      command += " " + quoted("-D" + value);
    } else if (starts(option, "--fmad=") || starts(option, "-fmad=") || option == "--use_fast_math" ||
               option == "-use_fast_math" || starts(option, "--std=c++") || starts(option, "-std=c++") ||
               option == "-lineinfo" || option == "--generate-line-info" || option == "-default-device" ||
               option == "--device-as-default-execution-space" || option == "--restrict" || option == "-restrict" ||
               starts(option, "--ftz=") || starts(option, "--prec-div=") || starts(option, "--prec-sqrt=") ||
               starts(option, "--extra-device-vectorization") || starts(option, "--maxrregcount=") ||
               option == "-w" || option == "--disable-warnings") {
      continue;
    } else {
      log = "nvrtc: error: unrecognized option " + option + " found\n";
      return false;
    }
  }
  return true;
}

// The names of the extern "C" kernels in preprocessed text.
std::vector<std::string> kernels(const std::string &text) {
  static const std::string mark = "EMULATED_KERNEL";
  std::set<std::string> seen;
  std::vector<std::string> names;
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    size_t before = text.find_last_not_of(" \t\n", at - 1);
    bool external = before != std::string::npos && before >= 2 && text.compare(before - 2, 3, "\"C\"") == 0;
    size_t open = text.find('(', at);
    if (!external || open == std::string::npos) continue;
    size_t end = open;
    while (end > at && std::isspace(static_cast<unsigned char>(text[end - 1]))) end--;
    size_t begin = end;
    while (begin > at && (std::isalnum(static_cast<unsigned char>(text[begin - 1])) || text[begin - 1] == '_')) begin--;
    std::string name = text.substr(begin, end - begin);
    if (seen.insert(name).second) names.push_back(name);
  }
  return names;
}

Result compile(Program &program, const std::vector<std::string> &options) {
  int architecture = 75;
  std::string defines;
  if (!translate(options, architecture, defines, program.log)) return invalidOption;
  defines += " -D__CUDA_ARCH__=" + std::to_string(std::abs(architecture) * 10);
  std::string here = directory();
  std::string kept = here + "/kernels";
  mkdir(kept.c_str(), 0777);
  std::string key = hash(program.source + '\0' + program.name + '\0' + defines + '\0' + read(here + "/prelude.h") +
                         read(here + "/kernel.h") + read(here + "/libnvrtc.so.13"));
  std::string library = kept + "/" + key + ".so";
  if (access(library.c_str(), R_OK) != 0) {
    std::string draft = kept + "/" + key + "." + std::to_string(getpid());
    {
      // Everything of the program has internal linkage, as nothing outside of it knows its names.
      std::ofstream out(draft + ".cpp");
      out << "#include \"prelude.h\"\nnamespace {\n#line 1 \"" << program.name << "\"\n" << program.source << "\n}\n";
    }
    std::string common = "g++ -std=c++17 -w -fdiagnostics-color=never -I " + quoted(here);
    bool made = succeeds(common + " -E" + defines + " " + quoted(draft + ".cpp") + " -o " + quoted(draft + ".ii"), draft + ".log");
    if (made) {
      std::string text = read(draft + ".ii");
      std::ofstream out(draft + ".table.cpp");
      out << text << "\nextern \"C\" __attribute__((visibility(\"default\"))) const emulated::Kernel emulatedKernels[] = {\n";
      for (const std::string &name : kernels(text)) {
        out << "  {\"" << name << "\", &emulated::Signature<decltype(&" << name << ")>::template run<&" << name
            << ">, emulated::Signature<decltype(&" << name << ")>::count, emulated::Signature<decltype(&" << name
            << ")>::sizes, &emulated::place, &emulated::services, __start_emulated_shared, __stop_emulated_shared, "
               "__ehdr_start, _end},\n";
      }
      out << "  {}};\n";
      out.close();
      // Vectorized accesses would hide misalignment; contraction and reassociation would hide what the source computes.
      made = succeeds(common + " -O2 -fPIC -shared -fvisibility=hidden -fno-strict-aliasing -ffp-contract=off -fno-math-errno"
                      " -fno-trapping-math -fno-tree-vectorize -fno-tree-slp-vectorize -fno-store-merging"
                      " -fno-tree-loop-distribute-patterns -fno-stack-protector -fcf-protection=none"
                      " -fsanitize=kernel-address --param asan-globals=0 --param asan-stack=0"
                      " --param asan-instrumentation-with-call-threshold=0 '-DEMULATED_KERNEL=__attribute__((noipa))' " +
                      quoted(draft + ".table.cpp") + " -o " + quoted(draft + ".so"), draft + ".log");
    }
    program.log = read(draft + ".log");
    if (made) std::rename((draft + ".so").c_str(), library.c_str());
    for (const char *end : {".cpp", ".ii", ".table.cpp", ".log", ".so"}) unlink((draft + end).c_str());
    if (!made) return compilation;
  }
  // Ends with a zero byte, which its length counts.
  program.image = architecture < 0 ? "" : emulated::writeImage({architecture, library}) + '\0';
  return ok;
}

}  // namespace

EMULATED_API Result nvrtcVersion(int *major, int *minor) {
  *major = 13;
  *minor = 1;
  return ok;
}

EMULATED_API Result nvrtcGetNumSupportedArchs(int *count) {
  *count = 6;
  return ok;
}

EMULATED_API Result nvrtcGetSupportedArchs(int *architectures) {
  for (int architecture : {75, 80, 86, 89, 90, 100}) *architectures++ = architecture;
  return ok;
}

EMULATED_API const char *nvrtcGetErrorString(Result result) {
  switch (result) {
    case ok: return "NVRTC_SUCCESS";
    case invalidInput: return "NVRTC_ERROR_INVALID_INPUT";
    case invalidProgram: return "NVRTC_ERROR_INVALID_PROGRAM";
    case invalidOption: return "NVRTC_ERROR_INVALID_OPTION";
    case compilation: return "NVRTC_ERROR_COMPILATION";
    case internalError: return "NVRTC_ERROR_INTERNAL_ERROR";
  }
  return "NVRTC_ERROR unknown";
}

EMULATED_API Result nvrtcCreateProgram(Program **program, const char *source, const char *name, int headers, const char *const *,
                                       const char *const *) {
  if (program == nullptr || source == nullptr || headers != 0) return invalidInput;
  *program = new Program{source, name == nullptr ? "default_program" : name, "", ""};
  return ok;
}

EMULATED_API Result nvrtcCompileProgram(Program *program, int count, const char *const *options) {
  if (program == nullptr) return invalidProgram;
  return compile(*program, std::vector<std::string>(options, options + count));
}

EMULATED_API Result nvrtcGetCUBINSize(Program *program, size_t *size) {
  if (program == nullptr) return invalidProgram;
  *size = program->image.size();
  return ok;
}

EMULATED_API Result nvrtcGetCUBIN(Program *program, char *image) {
  if (program == nullptr) return invalidProgram;
  std::copy(program->image.begin(), program->image.end(), image);
  return ok;
}

EMULATED_API Result nvrtcGetProgramLogSize(Program *program, size_t *size) {
  if (program == nullptr) return invalidProgram;
  *size = program->log.size() + 1;
  return ok;
}

EMULATED_API Result nvrtcGetProgramLog(Program *program, char *log) {
  if (program == nullptr) return invalidProgram;
  std::copy_n(program->log.c_str(), program->log.size() + 1, log);
  return ok;
}

EMULATED_API Result nvrtcDestroyProgram(Program **program) {
  if (program == nullptr || *program == nullptr) return invalidProgram;
  delete *program;
  *program = nullptr;
  return ok;
}
