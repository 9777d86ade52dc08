import Foundation

#if LIBFUZZER
    /// Built with `--sanitize fuzzer -Xswiftc -DLIBFUZZER`, main function and inputs are libFuzzer's, which follows where inputs
    /// lead; FUZZ_TARGET names the target.
    private let fuzzed: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else { fatalError("FUZZ_TARGET names no target") }
        _ = target.examples()
        return target
    }()

    @_cdecl("LLVMFuzzerTestOneInput")
    package func readInput(_ start: UnsafePointer<UInt8>?, _ length: Int) -> CInt {
        _ = fuzzed.read(Array(UnsafeBufferPointer(start: start, count: length)))
        return 0
    }
#else
    /// fuzz TARGET CORPUS FIRST COUNT SEED CURRENT: gives a target the inputs FIRST ..< FIRST + COUNT made of the files in the
    /// folder CORPUS and the target's own examples. The input in hand lies in the file CURRENT, so that whoever finds this
    /// process dead has it. An input that takes longer than 10 s of processor time, that of its children included, or
    /// five minutes on the clock, ends the process by a signal; more than 4 GiB of memory cannot be had.
    ///
    /// fuzz TARGET FILE: gives it one file.
    ///
    /// fuzz TARGET examples FOLDER: writes the target's own examples.
    @main enum Fuzz {
        static func main() throws {
            let arguments = CommandLine.arguments, names = FuzzTarget.all.map(\.name).joined(separator: ", ")
            guard [3, 4, 7].contains(arguments.count), let target = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
                print("fuzz TARGET CORPUS FIRST COUNT SEED CURRENT | fuzz TARGET FILE, with TARGET one of \(names)")
                exit(64)
            }
            guard arguments.count == 4 else { return try MutatedInputs.run(target, Array(arguments.dropFirst(2))) }
            for (number, example) in target.examples().enumerated() {
                try Data(example).write(to: URL(filePath: arguments[3]).appending(path: "example-\(number)"))
            }
        }
    }
#endif
