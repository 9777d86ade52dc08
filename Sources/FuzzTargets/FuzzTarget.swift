import KernelSelection
import ResultStore
import SweepPlanning
import TrialContract

/// Something that reads what others wrote. One line in `all` adds a target.
struct FuzzTarget {
    let name: String
    /// Reads an input; whether it was taken. Whatever it is, this must neither trap nor hang nor ask for much memory.
    let read: @Sendable ([UInt8]) -> Bool
    /// Inputs to begin with beside those of the corpus.
    var examples: @Sendable () -> [[UInt8]] = { [] }

    static let all = [
        FuzzTarget(name: "sweep", read: sweep), FuzzTarget(name: "expression", read: expression),
        FuzzTarget(name: "override", read: override), FuzzTarget(name: "data", read: data),
        FuzzTarget(name: "hdf5", read: hdf5), FuzzTarget(name: "definition", read: definition),
        FuzzTarget(name: "result", read: { ResultFiles.shared.readResult($0) }, examples: { ResultFiles.shared.resultExamples }),
        FuzzTarget(name: "states", read: { ResultFiles.shared.readStates($0) }, examples: { ResultFiles.shared.stateExamples }),
    ]

    private static let catalogue = KernelSelection.catalogue

    /// A sweep file, and all that planning does with it. Files of data are not read.
    private static func sweep(_ bytes: [UInt8]) -> Bool { plans(String(decoding: bytes, as: UTF8.self), []) }

    /// An expression in `where`, and the same in `derive`.
    private static func expression(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let quoted = quoted(text)
        let head = """
            schema: 1
            name: fuzz
            problem: {name: quadratic, eigenvalues: [0.5, 1, 2]}
            optimizer: [sgd, n-sam]
            noise_model: {name: gaussian}
            steps: 7
            trials: 3

            """
        let axes = "axes: {rho: [0, 0.1, 1], noise: [0, 1], dimension: [3], start.radius: [0, 2]"
        let isCondition = plans(head + axes + ", learning_rate: [0.1, 0.5]}\nwhere: \(quoted)\n", [])
        let isNumber = plans(head + axes + "}\nderive: {learning_rate: \(quoted)}\n", [])
        return isCondition || isNumber
    }

    /// A text in YAML's double quotes.
    private static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || scalar.value == 0x7F
                ? "\\x" + String(scalar.value + 0x100, radix: 16).suffix(2) : String(scalar)
        }.joined() + "\""
    }

    /// An objective of the sweep's own, over variables, constants and samples of every shape; lines before the last are
    /// shorthand.
    private static func definition(_ bytes: [UInt8]) -> Bool {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).suffix(5)
        let lets = lines.dropLast().enumerated().map { "r\($0): \(quoted(String($1)))" }.joined(separator: ", ")
        return plans("""
            schema: 1
            name: fuzz
            problem:
              parameters: {n: 4, k: 2}
              variables: {u: 3, W: [n, 3], b: 1}
              constants: {A: {normal: [n, 3], seed: 1}, c: [1, 0, -2.5]}
              let: {\(lets)}
              sample: {i: {batch: k, of: n}, z: {normal: 3}}
              objective: \(quoted(String(lines.last ?? "")))
              stochastic: "sum(z * u) + sum(A[i] @ u)"
              start: {u: {normal: 1}, W: 0.5, b: "k"}
            optimizer: [sgd, n-sam]
            steps: 7
            axes: {rho: [0, 0.1], learning_rate: [0.1], problem.k: [2, 3]}
            """, [])
    }

    /// Arguments of `--set`, one a line.
    private static func override(_ bytes: [UInt8]) -> Bool {
        let arguments = String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(5).map(String.init)
        return plans("""
            schema: 1
            name: fuzz
            title: A sweep
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: [sgd, m-sam]
            steps: 7
            axes: {rho: [0, 0.1], learning_rate: [0.1]}
            """, arguments)
    }

    /// Plans a text and looks at what commands look at. A text that was changed must give the same sweep again.
    private static func plans(_ text: String, _ overrides: [String]) -> Bool {
        guard let plan = try? SweepPlanner.plan(
            text: text, fileName: "fuzz.yaml", overrides: overrides, catalogue: catalogue)
        else { return false }
        let estimate = plan.estimate
        precondition(estimate.includedCells >= 0 && estimate.excludedCells >= 0 && plan.largestState >= 1)
        _ = plan.notes
        for cell in [0, plan.cellCount / 2, plan.cellCount - 1] { _ = try? plan.example(at: cell) }
        if !overrides.isEmpty {
            let again = try? SweepPlanner.plan(text: plan.sourceText, fileName: "fuzz.yaml", catalogue: catalogue)
            precondition(again?.planFingerprint == plan.planFingerprint && again?.title == plan.title)
        }
        return true
    }

    /// Examples in LIBSVM text; a first byte that is odd lets the indices begin at 0.
    private static func data(_ bytes: [UInt8]) -> Bool {
        let isZeroBased = (bytes.first ?? 0) % 2 == 1
        return (try? LIBSVMText.dataset(bytes, name: "fuzz", firstIndex: isZeroBased ? 0 : 1)) != nil
    }

    /// Examples in HDF5.
    private static func hdf5(_ bytes: [UInt8]) -> Bool {
        (try? NumericDataset.read(["X", "y"], of: bytes, path: "fuzz.h5", most: 1_000_000)) != nil
    }
}
