import ArgumentParser
import SweepExecution

/// How many threads a command works with.
struct ThreadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Worker threads (default: the cores this process may use).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...65_536).contains(threads) {
            throw ValidationError("--threads \(threads) is out of range: give a number from 1 to 65536")
        }
    }

    var count: Int { threads ?? AvailableCores.count() }
}
