import ArgumentParser
import Dispatch
import Glibc
import KernelSelection
import SweepPlanning
import Synchronization
import TrialContract

/// The laws of samples in definitions, as gradients show them, against their distribution functions.
struct Laws: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares many samples of a law with it.",
        discussion: """
            Probabilities of the samples are counted in 4096 bins and in both tails; of indices each by itself. A score beyond six \
            standard errors ends with exit code 1.
            """)

    enum Law: String, ExpressibleByArgument, CaseIterable {
        case uniform, student2 = "student-2", student3 = "student-3", cauchy, weighted
    }

    @Argument(help: "uniform, student-2 or student-3 (degrees of freedom), cauchy, weighted")
    var law: Law

    @Option(help: "How many samples.")
    var draws: Int = 1_000_000_000

    @Option(help: "Root seed.")
    var seed: UInt64 = 20_231_030

    private static let bins = 4096, tails = 1...7, steps = 256, mostScore = 6.0
    /// 10^-k.
    private static let bounds = (0...tails.upperBound).map { pow(10, -Double($0)) }
    private static let weights = [0.0, 3, 1, 0, 0, 2, 4, 0.001]

    private var count: Int { law == .weighted ? 1 : 64 }

    /// A step puts the stochastic gradient, which is the sample, in the place of the iterate.
    private var sweep: String {
        let sample = switch law {
        case .uniform: "{uniform: d}"
        case .student2: "{student_t: d, freedom: 2}"
        case .student3: "{student_t: d, freedom: 3}"
        case .cauchy: "{cauchy: d}"
        case .weighted: "{choice: \(Self.weights.count), weights: \(Self.weights)}"
        }
        let value = law == .weighted ? "x[0] * \(Self.weights.indices.map { $0 })[xi]" : "dot(x, xi)"
        return """
            schema: 1
            name: law
            seed: \(seed)
            problem:
              parameters: {d: \(count)}
              variables: {x: d}
              sample: {xi: \(sample)}
              objective: "0 * sum(x)"
              stochastic: "\(value)"
              start: {x: 0}
            optimizer: {name: show, step: "x = grad(x)"}
            steps: \(Self.steps)
            record: objective
            curves: {at: {linspace: {from: 1, to: \(Self.steps), count: \(Self.steps)}}, of: iterate}

            """
    }

    /// P(X <= x) or P(X > x), whichever is smaller, without cancellation, and whether it is the first.
    private func tail(_ x: Double) -> (probability: Double, isLower: Bool) {
        let t = x.magnitude
        switch law {
        case .uniform, .weighted: return x < 0.5 ? (x, true) : (1 - x, false)
        case .cauchy: return (atan2(1, t) / .pi, x < 0)
        case .student2: return (1 / (2 + t * t) / (1 + t / (2 + t * t).squareRoot()), x < 0)
        case .student3:
            let s = t / 3.0.squareRoot()
            let far = 2 / (3 * s * s * s) - 4 / (5 * s * s * s * s * s)
            return ((s > 1000 ? far : atan2(1, s) - s / (1 + s * s)) / .pi, x < 0)
        }
    }

    private struct Counts {
        var bins: [Double]
        /// Below 10^-k and above 1 - 10^-k.
        var lower = [Double](repeating: 0, count: Laws.tails.upperBound + 1)
        var upper = [Double](repeating: 0, count: Laws.tails.upperBound + 1)
        var total = 0.0

        mutating func merge(_ other: Counts) {
            for bin in bins.indices { bins[bin] += other.bins[bin] }
            for k in lower.indices {
                lower[k] += other.lower[k]
                upper[k] += other.upper[k]
            }
            total += other.total
        }
    }

    func run() throws {
        let counts = try tally()
        print("\(law.rawValue), \(Int(counts.total)) samples, seed \(seed)")
        var worst = 0.0
        func tell(_ what: String, _ found: Double, _ expected: Double, _ error: Double) {
            let score = (found - expected) / error
            worst = max(worst, score.magnitude)
            print("  \(what): \(format(found)), expected \(format(expected)), \(format(score)) standard errors")
        }
        guard law != .weighted else {
            let sum = Self.weights.reduce(0, +)
            for (index, weight) in Self.weights.enumerated() {
                let p = weight / sum, found = counts.bins[index]
                guard p > 0 else {
                    print("  index \(index) of weight 0: \(Int(found))")
                    if found > 0 { worst = .infinity }
                    continue
                }
                tell("index \(index)", found, counts.total * p, (counts.total * p * (1 - p)).squareRoot())
            }
            return try end(worst)
        }
        let each = counts.total / Double(Self.bins), freedom = Double(Self.bins - 1)
        let squares = counts.bins.reduce(0) { $0 + ($1 - each) * ($1 - each) / each }
        tell("chi squared of \(Self.bins) bins", squares, freedom, (2 * freedom).squareRoot())
        for k in Self.tails {
            let expected = counts.total * pow(10, -Double(k))
            guard expected >= 50 else { continue }
            tell("below 10^-\(k)", counts.lower[k], expected, expected.squareRoot())
            tell("above 1 - 10^-\(k)", counts.upper[k], expected, expected.squareRoot())
        }
        try end(worst)
    }

    private func end(_ worst: Double) throws {
        guard worst > Self.mostScore else { return }
        print("  NOT its law: \(format(worst)) standard errors")
        throw ExitCode.failure
    }

    private func tally() throws -> Counts {
        let kernel = try KernelSelection.kernel()
        let plan = try SweepPlanner.plan(text: sweep, fileName: "law", catalogue: KernelSelection.catalogue)
        guard case .included(let trialClass, let cell) = try plan.cell(at: 0) else { fatalError("the sweep has one cell") }
        let perTrial = Self.steps * count, trials = 64
        let total = Mutex(Counts(bins: [Double](repeating: 0, count: Self.bins)))
        DispatchQueue.concurrentPerform(iterations: (draws + perTrial * trials - 1) / (perTrial * trials)) { piece in
            var counts = Counts(bins: [Double](repeating: 0, count: Self.bins))
            let request = BlockRequest(trialClass: trialClass, cells: [cell], trials: piece * trials..<(piece + 1) * trials)
            for value in kernel.run(request, stop: StopFlag())?.curves[0] ?? [] { add(value, &counts) }
            total.withLock { $0.merge(counts) }
        }
        return total.withLock { $0 }
    }

    private func add(_ value: Double, _ counts: inout Counts) {
        counts.total += 1
        guard law != .weighted else {
            counts.bins[Int(value)] += 1
            return
        }
        let (probability, isLower) = tail(value)
        let place = Int(probability * Double(Self.bins))
        counts.bins[min(Self.bins - 1, isLower ? place : Self.bins - 1 - place)] += 1
        for k in Self.tails {
            guard probability < Self.bounds[k] else { return }
            if isLower { counts.lower[k] += 1 } else { counts.upper[k] += 1 }
        }
    }
}
