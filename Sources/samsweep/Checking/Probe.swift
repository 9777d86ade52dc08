import Definitions
import PortableMath
import TrialContract

/// Asks a problem what it is, by running small programs on it in the place of an optimizer: what is found out is what
/// trials see, of own problems and of the catalogue's.
struct Probe {
    let trialClass: TrialClass
    let parameters: CellParameters
    let kernel: any TrialKernel

    var dimension: Int { trialClass.dimension }

    /// What trials of a program give, trial by trial.
    ///
    /// - Parameters:
    ///   - program: assignments, one a line.
    ///   - constants: numbers that it names.
    ///   - memory: names of what it keeps.
    ///   - start: where trials begin; `nil`: where those of the sweep do.
    /// - Throws: what is too large.
    func run(
        _ program: String, constants: [String: Double] = [:], memory: [String] = [], steps: Int = 1, from start: StartPoint? = nil,
        record statistic: String = "iterate", trials: Range<Int>
    ) throws -> [[Double]] {
        var definition = try AlgorithmDefinition(name: "probe", source: 0, step: program, stepSource: 0)
        definition.parameters = constants.map { .init($0.key, source: 0, $0.value) }
        definition.memory = memory.map { .init($0, source: 0, 0) }
        var probed = trialClass
        probed.optimizer = ComponentChoice("sgd")
        probed.method = .full
        probed.curve = nil
        probed.learningRateSchedule = ComponentChoice("constant")
        probed.rhoSchedule = ComponentChoice("constant")
        probed.learningRateFactors = nil
        probed.rhoFactors = nil
        probed.steps = steps
        probed.statistics = [statistic]
        if let start { probed.start = start }
        probed.definedAlgorithm = try definition.build(parameters: constants, dimension: dimension, steps: steps)
        let request = BlockRequest(trialClass: probed, cells: [parameters], trials: trials)
        guard let columns = kernel.run(request, stop: StopFlag()) else { return [] }
        let values = columns.values[0], width = values.count / trials.count
        return (0..<trials.count).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }

    /// The extreme eigenvalues of the Hessian, by power iteration: the largest is never overstated, the smallest never
    /// understated.
    ///
    /// - Parameter spread: how far, in standard deviations of a normal law, points lie around the start.
    func extremes(from start: StartPoint?, spread: Double = 0, steps: Int) throws -> (smallest: Double, largest: Double)? {
        let program = """
            if t == 0:
              p = x + spread * normal()
              v = unit(normal())
            h = full_hvp(p, v)
            top = dot(v, h)
            w = h - shift * v
            v = if(norm(w) > 0, unit(w), v)
            if t == steps - 1:
              x = 0 * x + top
            """
        func ends(_ shift: Double) throws -> [Double] {
            try run(
                program, constants: ["spread": spread, "shift": shift], memory: ["p", "v", "top"], steps: steps, from: start, trials: 0..<8
            ).map { $0[0] }.filter(\.isFinite)
        }
        let first = try ends(0)
        guard let dominant = first.max(by: { $0.magnitude < $1.magnitude }) else { return nil }
        let all = first + (try ends(dominant))
        guard let smallest = all.min(), let largest = all.max() else { return nil }
        return (smallest, largest)
    }

    /// How far the mean of stochastic gradients at the start is from the exact one: for each coordinate in standard errors;
    /// where nothing scatters, in units of rounding.
    func bias(samples: Int) throws -> Bias {
        let exact = try run("x = full(x)", trials: 0..<1)[0]
        var mean = [Double](repeating: 0, count: dimension), squares = mean, count = 0.0
        let perRun = max(8, min(4096, (1 << 22) / max(1, dimension) / 8 * 8))
        // All at the same point: the start of the first trial.
        let start = try run("x = x + 0", trials: 0..<1)[0]
        var first = 0
        while first < samples {
            let last = min(samples, first + perRun)
            for gradient in try run("x = grad(x)", from: .vector(start), trials: first..<last) {
                count += 1
                for j in 0..<dimension {
                    let change = gradient[j] - mean[j]
                    mean[j] += change / count
                    squares[j] += change * (gradient[j] - mean[j])
                }
            }
            first = last
        }
        let size = exact.reduce(1e-300) { max($0, $1.magnitude) }
        var worst = Bias(samples: samples, coordinate: 0, mean: mean[0], exact: exact[0], deviations: 0, limit: Bias.limit(dimension))
        for j in 0..<dimension {
            let error = (squares[j] / (count - 1) / count).squareRoot(), rounding = 1e-9 * max(size, mean[j].magnitude)
            let deviations = max(0, (mean[j] - exact[j]).magnitude - rounding) / max(error, 1e-3 * rounding)
            guard deviations > worst.deviations || !deviations.isFinite else { continue }
            worst = Bias(
                samples: samples, coordinate: j, mean: mean[j], exact: exact[j], deviations: deviations, limit: worst.limit)
        }
        return worst
    }
}

/// The coordinate in which the mean of stochastic gradients is furthest from the exact one.
struct Bias {
    let samples: Int
    let coordinate: Int
    let mean: Double
    let exact: Double
    /// In standard errors.
    let deviations: Double
    /// What chance exceeds once in a million checks at most: P(|Z| > z) <= exp(-z^2/2), for all coordinates together.
    let limit: Double

    static func limit(_ dimension: Int) -> Double { (2 * PortableMath.log(Double(dimension) * 1e6)).squareRoot() }

    /// An undefined gradient is no bias.
    var isFound: Bool { deviations > limit }

    var text: String {
        "coordinate \(coordinate): mean \(NumberText.brief(mean)) of \(NumberText.grouped(samples)), exact \(NumberText.brief(exact)), "
            + "\(NumberText.brief(deviations)) standard errors apart"
    }
}
