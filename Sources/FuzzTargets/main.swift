import Foundation

/// fuzz TARGET CORPUS FIRST COUNT SEED CURRENT: gives a target the inputs FIRST ..< FIRST + COUNT made of the files in the
/// folder CORPUS. The input in hand lies in the file CURRENT, so that whoever finds this process dead has it. An input that
/// takes longer than 10 s ends the process by SIGALRM; more than 4 GiB of memory cannot be had.
///
/// fuzz TARGET FILE: gives it one file.
let arguments = CommandLine.arguments
guard arguments.count == 7 || arguments.count == 3, let target = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
    print("fuzz TARGET CORPUS FIRST COUNT SEED CURRENT | fuzz TARGET FILE, with TARGET one of "
        + FuzzTarget.all.map(\.name).joined(separator: ", "))
    exit(64)
}
var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)

func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

if arguments.count == 3 {
    alarm(10)
    print(target.read(try bytes(arguments[2])) ? "taken" : "refused")
    exit(0)
}
let names = try FileManager.default.contentsOfDirectory(atPath: arguments[2]).sorted()
let corpus = try names.map { try bytes(arguments[2] + "/" + $0) }.filter { !$0.isEmpty }
guard !corpus.isEmpty, let first = Int(arguments[3]), let count = Int(arguments[4]), let seed = UInt64(arguments[5]) else { exit(64) }
let mutator = Mutator(corpus: corpus, seed: seed)

// Written through a mapping: no system call for an input.
let capacity = 1 << 18
let file = open(arguments[6], O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
guard file >= 0, ftruncate(file, off_t(capacity)) == 0,
    let current = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), current != MAP_FAILED
else { exit(74) }

var taken = 0, slowest = 0.0
for number in first..<first + count {
    let input = mutator.input(number)
    // Number and length, then the input.
    current.storeBytes(of: number, as: Int.self)
    current.storeBytes(of: input.count, toByteOffset: 8, as: Int.self)
    input.withUnsafeBytes { current.advanced(by: 16).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(current), byteCount: input.count) }
    alarm(10)
    let began = DispatchTime.now().uptimeNanoseconds
    if target.read(input) { taken += 1 }
    slowest = max(slowest, Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9)
}
var usage = rusage()
getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
print("\(target.name): \(count) inputs from \(first), \(taken) taken, \(count - taken) refused, "
    + "slowest \((slowest * 1000).rounded() / 1000) s, most memory \(usage.ru_maxrss / 1024) MiB")
