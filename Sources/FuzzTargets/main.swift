import Foundation

/// fuzz TARGET CORPUS FIRST COUNT SEED CURRENT: gives a target the inputs FIRST ..< FIRST + COUNT made of the files in the
/// folder CORPUS and the target's own examples. The input in hand lies in the file CURRENT, so that whoever finds this
/// process dead has it. An input that takes longer than 10 s of processor time, or a minute, ends the process by a signal;
/// more than 4 GiB of memory cannot be had.
///
/// fuzz TARGET FILE: gives it one file.
///
/// Built with `--sanitize fuzzer -Xswiftc -DLIBFUZZER` the inputs are libFuzzer's, which follows where they lead:
/// fuzz TARGET examples FOLDER writes the target's own examples, and fuzzes where FUZZ_TARGET names one, with libFuzzer's
/// own arguments.
let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
func target(_ name: String) -> FuzzTarget {
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        print("there is no target \(name); there are: \(names)")
        exit(64)
    }
    return target
}

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[2] == "examples" {
    for (number, example) in target(arguments[1]).examples().enumerated() {
        try Data(example).write(to: URL(filePath: arguments[3]).appending(path: "example-\(number)"))
    }
    exit(0)
}

#if LIBFUZZER
    /// The main function of libFuzzer, which this program's own stands in for.
    @_silgen_name("LLVMFuzzerRunDriver")
    func runDriver(
        _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
    ) -> Int32

    nonisolated(unsafe) let fuzzed = target(ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "")
    _ = fuzzed.examples()
    var count = CommandLine.argc, values = CommandLine.unsafeArgv
    exit(runDriver(&count, &values) { start, length in
        _ = fuzzed.read(Array(UnsafeBufferPointer(start: start, count: length)))
        return 0
    })
#else
    guard arguments.count == 7 || arguments.count == 3 else {
        print("fuzz TARGET CORPUS FIRST COUNT SEED CURRENT | fuzz TARGET FILE, with TARGET one of \(names)")
        exit(64)
    }
    try MutatedInputs.run(target(arguments[1]), Array(arguments.dropFirst(2)))
#endif
