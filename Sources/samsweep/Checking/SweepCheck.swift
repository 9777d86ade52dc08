import Definitions
import JSONText
import SweepPlanning
import TrialContract
import Wording

/// What a sweep's problems amount to, and what contradicts what they state.
struct SweepCheck {
    /// What was found out about one problem.
    struct Finding {
        var name = ""
        var facts: [(name: String, value: JSONValue)] = []
        var lines: [String] = []
        /// Sentences; none: nothing contradicts.
        var contradictions: [String] = []

        mutating func note(_ name: String, _ value: Double, _ label: String) {
            facts.append((name, .optional(value.isFinite ? value : nil)))
            lines.append("\(label.padded(to: 24))\(NumberText.brief(value))")
        }
    }

    /// Problems that are looked at; a grid may have thousands.
    private static let mostProblems = 20
    private static let mostCells = 2000

    let plan: PlannedSweep
    let kernel: any TrialKernel
    let samples: Int

    /// The first cell of each problem that the sweep has: the catalogue's or its own, with its parameters and dimension.
    func problems() throws -> (first: [(probe: Probe, cell: Int)], isAll: Bool) {
        var known: Set<Key> = [], found: [(Probe, Int)] = []
        let stride = max(1, plan.cellCount / Self.mostCells)
        for index in Swift.stride(from: 0, to: plan.cellCount, by: stride) {
            guard case .included(let trialClass, let parameters) = try plan.cell(at: index), known.insert(Key(trialClass)).inserted
            else { continue }
            if found.count < Self.mostProblems {
                found.append((Probe(trialClass: trialClass, parameters: parameters, kernel: kernel), index))
            }
        }
        return (found, known.count <= Self.mostProblems && stride == 1)
    }

    private struct Key: Hashable {
        let problem: ComponentChoice
        let dimension: Int
        let objective: DefinedObjective?

        init(_ trialClass: TrialClass) {
            problem = trialClass.problem
            dimension = trialClass.dimension
            objective = trialClass.definedObjective
        }
    }

    func finding(_ probe: Probe, cell: Int) throws -> Finding {
        var finding = Finding()
        let trialClass = probe.trialClass, d = probe.dimension
        let parameters = trialClass.problem.parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \(NumberText.brief($0.value))" }
        finding.name = trialClass.problem.name
        finding.facts = [("problem", .string(finding.name)), ("dimension", .number(Double(d)))]
        finding.lines = ["\(finding.name), \(counted(d, "coordinate"))" + (parameters.isEmpty ? "" : ": " + parameters.joined(separator: ", "))]
        if let data = trialClass.finiteSum?.dataset {
            finding.lines.append("examples                \(NumberText.grouped(data.rows)), of \(counted(data.columns, "number")) each")
            finding.facts += [("examples", .number(Double(data.rows))), ("features", .number(Double(data.columns)))]
        }
        let stated = try plan.statedConstants(at: cell, trialClass.definedObjective)
        for name in ["smoothness", "strong_convexity", "minimum"] {
            finding.facts.append((name, .optional(stated[name])))
            finding.lines.append("\(name.padded(to: 24))\(stated[name].map(NumberText.brief) ?? "not stated")")
        }
        do {
            try look(probe, stated, &finding)
        } catch let error as DefinitionError {
            throw CommandError.invalidData("\(finding.name): \(error.message); \(error.remedy)")
        }
        return finding
    }

    private func look(_ probe: Probe, _ stated: [String: Double], _ finding: inout Finding) throws {
        _ = try probe.trialClass.definedObjective?.extras()
        let steps = max(20, min(400, 40_000_000 / max(1, probe.trialClass.costInCoordinates)))
        var smallest = Double.infinity, largest = -Double.infinity, lowest = Double.infinity
        func widen(_ ends: (smallest: Double, largest: Double)?) {
            guard let ends else { return }
            (smallest, largest) = (min(smallest, ends.smallest), max(largest, ends.largest))
        }
        func point(_ start: StartPoint?, _ key: String, _ label: String) throws -> (value: Double, gradient: Double) {
            let value = try probe.run("x = x + 0", from: start, record: "objective", trials: 0..<1)[0][0]
            let gradient = try probe.run("x = x + 0", from: start, record: "gradient_norm", trials: 0..<1)[0][0]
            let ends = try probe.extremes(from: start, steps: steps)
            widen(ends)
            lowest = min(lowest, value)
            finding.note("\(key)_value", value, "f \(label)")
            finding.note("\(key)_gradient_norm", gradient, "|grad f| there")
            finding.note("\(key)_smallest_eigenvalue", ends?.smallest ?? .nan, "Hessian there from")
            finding.note("\(key)_largest_eigenvalue", ends?.largest ?? .nan, "Hessian there to")
            return (value, gradient)
        }
        let start = try point(nil, "start", "at start")
        if !start.value.isFinite || !start.gradient.isFinite {
            finding.contradictions.append("f is \(start.value) and |grad f| is \(start.gradient) where trials begin")
        }
        for (place, minimiser) in minimisers(probe.trialClass).prefix(8).enumerated() {
            let found = try point(minimiser, "minimiser_\(place)", "at minimiser")
            let beside = try probe.run("x = x + 0.1 * normal()", from: minimiser, record: "gradient_norm", trials: 0..<8).map { $0[0] }
            let scale = max(1e-3, beside.filter(\.isFinite).max() ?? 1)
            if found.gradient > 1e-6 * scale {
                finding.contradictions.append(
                    "minimiser \(place + 1) is not stationary: |grad f| there is \(NumberText.brief(found.gradient))")
            }
            if let minimum = stated["minimum"], (found.value - minimum).magnitude > 1e-8 * max(1, minimum.magnitude) {
                finding.contradictions.append(
                    "the minimum is stated as \(NumberText.brief(minimum)), and f at minimiser \(place + 1) is \(NumberText.brief(found.value))")
            }
        }
        for spread in [0.1, 1, 10.0] {
            widen(try probe.extremes(from: nil, spread: spread, steps: max(20, steps / 4)))
            let values = try probe.run("x = x + \(spread) * normal()", record: "objective", trials: 0..<64).map { $0[0] }
            lowest = values.filter(\.isFinite).reduce(lowest) { min($0, $1) }
        }
        judgeCurvature(smallest, largest, stated, &finding)
        // Downhill from the start, where curvature allows.
        let curvature = max(smallest.magnitude, largest.magnitude)
        if curvature > 0, curvature < .infinity {
            let below = try probe.run(
                "x = x - full(x) / c", constants: ["c": curvature], steps: steps, record: "objective", trials: 0..<8).map { $0[0] }
            lowest = below.filter(\.isFinite).reduce(lowest) { min($0, $1) }
        }
        finding.note("least_value_found", lowest, "least f found")
        if let minimum = stated["minimum"], lowest < minimum - 1e-9 * max(1, minimum.magnitude) {
            finding.contradictions.append(
                "the minimum is stated as \(NumberText.brief(minimum)), and f is \(NumberText.brief(lowest)) at a point that was looked at")
        }
        try compareDifferences(probe, &finding)
        try judgeMean(probe, &finding)
    }

    private func minimisers(_ trialClass: TrialClass) -> [StartPoint] {
        trialClass.definedObjective.map { $0.minimisers.map { .vector($0) } } ?? [.radius(0)]
    }

    private func judgeCurvature(_ smallest: Double, _ largest: Double, _ stated: [String: Double], _ finding: inout Finding) {
        finding.note("least_curvature_found", smallest, "least curvature found")
        finding.note("largest_curvature_found", largest, "largest curvature found")
        let found = max(largest, -smallest)
        if let smoothness = stated["smoothness"], found > smoothness * (1 + 1e-6) {
            finding.contradictions.append(
                "smoothness is stated as \(NumberText.brief(smoothness)), and a curvature of \(NumberText.brief(found)) was found")
        }
        if let convexity = stated["strong_convexity"], smallest < convexity - 1e-6 * max(convexity, largest) {
            finding.contradictions.append(
                "strong_convexity is stated as \(NumberText.brief(convexity)), and a curvature of \(NumberText.brief(smallest)) was found")
        }
    }

    /// Slopes against differences of values, at eight points around the start; kinks may lie between two points.
    private func compareDifferences(_ probe: Probe, _ finding: inout Finding) throws {
        let program = """
            p = x + 0.1 * normal()
            d = unit(normal())
            s = dot(full(p), d)
            far = (full_value(p + 2 * h * d) - full_value(p - 2 * h * d)) / (4 * h)
            near = (full_value(p + h * d) - full_value(p - h * d)) / (2 * h)
            x = 0 * x + abs((4 * near - far) / 3 - s) / max(norm(full(p)), 1e-12)
            """
        let errors = try probe.run(program, constants: ["h": 1e-3], trials: 0..<8).map { $0[0] }.filter(\.isFinite).sorted()
        guard !errors.isEmpty else { return }
        let middle = errors[errors.count / 2]
        finding.note("difference_of_slopes", middle, "slopes and differences")
        if middle > 1e-3 {
            finding.contradictions.append(
                "slopes differ from differences of f by \(NumberText.brief(middle)) of |grad f| at most of eight points")
        }
    }

    private func judgeMean(_ probe: Probe, _ finding: inout Finding) throws {
        let bias = try probe.bias(samples: samples)
        finding.facts += [
            ("stochastic_gradients", .number(Double(samples))), ("largest_z", .optional(bias.deviations.isFinite ? bias.deviations : nil)),
            ("limit_of_z", .number(bias.limit)),
        ]
        finding.lines.append(
            "stochastic gradients    largest |z| \(NumberText.brief(bias.deviations)) over \(NumberText.grouped(samples)), by chance below "
                + NumberText.brief(bias.limit))
        if bias.isFound {
            finding.contradictions.append("the mean of stochastic gradients is not the exact gradient: \(bias.text)")
        }
    }

    /// The cheap part, before trials are run: an own objective's samples must mean what its objective says. A suspicion is
    /// followed up with as many samples as `check` takes.
    ///
    /// - Returns: what is wrong; `nil`: nothing.
    static func doubt(_ plan: PlannedSweep, _ kernel: any TrialKernel) throws -> String? {
        let check = SweepCheck(plan: plan, kernel: kernel, samples: 0)
        for (probe, _) in try check.problems().first.prefix(4) {
            guard let objective = probe.trialClass.definedObjective, !objective.samples.isEmpty, objective.stochasticGradient.cost < 1 << 21
            else { continue }
            guard try probe.bias(samples: 1024).isFound else { continue }
            let bias = try probe.bias(samples: 100_000)
            if bias.isFound {
                return "\(probe.trialClass.problem.name): the mean of stochastic gradients where trials begin is not the exact gradient "
                    + "(\(bias.text)): correct stochastic or objective, see samsweep check, or run it all the same with --unchecked"
            }
        }
        return nil
    }
}

extension String {
    /// Followed by blanks up to a width, at least one.
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
