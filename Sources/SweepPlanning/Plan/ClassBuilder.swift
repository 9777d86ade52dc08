import Definitions
import TrialContract

/// A class of trials with what its cells need.
final class ClassEntry: Sendable {
    let trialClass: TrialClass
    /// What the cell's noise is divided by: sqrt(d) on the `total` scale, else 1.
    let noiseDivisor: Double

    /// What it takes of memory.
    var numbers: Int {
        trialClass.dimension + (trialClass.learningRateFactors?.factors.count ?? 0) + (trialClass.rhoFactors?.factors.count ?? 0)
    }

    init(trialClass: TrialClass, noiseDivisor: Double) {
        self.trialClass = trialClass
        self.noiseDivisor = noiseDivisor
    }
}

/// Puts together what all cells of a class have in common.
struct ClassBuilder: Sendable {
    let layout: Layout
    private let spectra = SpectrumCache()
    private let statistics: [String]
    private let reducible: ComponentCatalogue

    init(_ layout: Layout) {
        self.layout = layout
        statistics = layout.spec.record.map(\.name)
        reducible = layout.spec.catalogue.ofBlockNorms
    }

    /// The dimensions along which the class changes: all but those of learning rate, noise, seed and, mostly, rho; of these
    /// what a schedule's formula names.
    var dimensions: [Int] {
        let own = ["learning_rate", "noise", "rho", "seed"]
        let named = layout.ownSchedules.flatMap(\.cellNames).compactMap { layout[$0]?.dimensions }
        let others = layout.quantities.filter { !own.contains($0.name) && !$0.isInternal }.map(\.dimensions)
        return (others + named).union()
    }

    /// The coordinates of all distinct spectra and the factors of all schedules' formulas together, at most.
    var mostNumbers: Double { mostCoordinates + mostFactors }

    private var mostFactors: Double {
        let own = layout.ownSchedules
        guard !own.isEmpty else { return 0 }
        guard let classes = layout.grid.combinations(dimensions), let steps = layout["steps"]?.table?.max() else { return .infinity }
        return Double(classes) * steps * Double(own.count)
    }

    private var mostCoordinates: Double {
        let shaping = layout.quantities.filter {
            ($0.name == "dimension" || $0.name.hasPrefix("problem")) && !$0.isInternal
        }
        let dimensions = shaping.map(\.dimensions).union()
        guard let shapes = layout.grid.combinations(dimensions) else { return .infinity }
        guard let dimension = layout["dimension"], let table = dimension.table, dimension.dimensions.count <= 1 else {
            return Double(shapes) * Double(layout.largestDimension)
        }
        return table.reduce(0, +) * Double(shapes) / Double(table.count)
    }

    /// More coordinates than these are not written out while planning.
    static let mostPlanned = 1 << 17

    /// The class at positions along all dimensions.
    ///
    /// - Parameter limit: where trials would have more numbers in their state, the class is one of about as many: for
    ///   planning, which looks at what a class is like and need not hold 10^9 coordinates.
    /// - Throws: where a computed value is out of range.
    func build(at digits: Digits, atMost limit: Int = .max) throws -> ClassEntry {
        for derived in layout.spec.derived where derived.field.refuses(layout.value(derived.field.name, at: digits)) {
            throw layout.outOfRange(at: digits)
        }
        let dimension = Int(layout.value("dimension", at: digits))
        let spectrumDimension = isSpread(at: digits) && startFitsAnyDimension ? min(dimension, limit) : dimension
        var trialClass = TrialClass(
            optimizer: layout.choice(.optimizer, at: digits), problem: layout.choice(.problem, at: digits),
            spectrum: spectrum(spectrumDimension, at: digits), noiseModel: layout.choice(.noiseModel, at: digits),
            noisePrecision: layout.spec.noisePrecision,
            learningRateSchedule: layout.choice(.learningRateSchedule, at: digits),
            rhoSchedule: layout.choice(.rhoSchedule, at: digits), steps: Int(layout.value("steps", at: digits)),
            start: start(at: digits), statistics: statistics)
        (trialClass.learningRateFactors, trialClass.rhoFactors) = (
            try factors(.learningRateSchedule, at: digits), try factors(.rhoSchedule, at: digits)
        )
        trialClass.finiteSum = layout.entry(.problem, at: digits).data?.finiteSum
        trialClass.definedObjective = try definedObjective(trialClass.problem.parameters, dimension, at: digits)
        trialClass.divergedAbove = layout.spec.divergedAbove
        trialClass.curve = layout.spec.curve?.request(steps: trialClass.steps)
        trialClass.method = switch layout.spec.method {
        case .full: .full
        case .reduced: .reduced
        case .auto: ReductionRule.automaticMethod(trialClass, in: reducible)
        }
        if trialClass.method == .full, trialClass.spectrum.dimension > limit, startFitsAnyDimension,
            trialClass.definedObjective == nil {
            trialClass.spectrum = trialClass.spectrum.prefix(limit)
        }
        trialClass.definedAlgorithm = try definedAlgorithm(trialClass, at: digits)
        if !Self.ofHessian.isDisjoint(with: statistics) { try prepareCurvature(trialClass.definedObjective, at: digits) }
        trialClass.definedStatistics = try definedStatistics(trialClass, at: digits)
        return ClassEntry(
            trialClass: trialClass, noiseDivisor: layout.spec.noiseIsTotal ? Double(dimension).squareRoot() : 1)
    }

    /// The numbers that a step of the class advances, whatever it was limited to when it was built.
    func stateSize(_ trialClass: TrialClass, at digits: Digits) -> Int {
        trialClass.method == .full || isSpread(at: digits)
            ? Int(layout.value("dimension", at: digits)) : trialClass.stateSize
    }

    /// Whether every coordinate has an eigenvalue of its own.
    private func isSpread(at digits: Digits) -> Bool {
        if case .spread? = layout.entry(.problem, at: digits).spectrum { return true }
        return false
    }

    /// Starts with a list of numbers have no more of them than fit into a sweep file.
    private var startFitsAnyDimension: Bool {
        switch layout.spec.start {
        case .radius, .sphere: true
        case .vector, .blocks, .defined: false
        }
    }

    /// The factors of the sweep's own schedule in the cell.
    private func factors(_ kind: ComponentKind, at digits: Digits) throws -> DefinedSchedule? {
        do throws(DefinitionError) {
            return try layout.schedule(kind, at: digits)
        } catch {
            let diagnostics = Diagnostics(file: layout.spec.fileName)
            diagnostics.report(error, layout.entry(kind, at: digits).schedule?.places ?? [], layout.spec.sourceText)
            throw diagnostics.error(.invalid)
        }
    }

    /// The sweep's own objective for the cell's parameters.
    private func definedObjective(
        _ parameters: [String: Double], _ dimension: Int, at digits: Digits
    ) throws -> DefinedObjective? {
        guard let defined = layout.entry(.problem, at: digits).defined else { return nil }
        do {
            return try defined.objective(parameters: parameters, dimension: dimension)
        } catch {
            let diagnostics = Diagnostics(file: layout.spec.fileName)
            diagnostics.report(error, defined.places, layout.spec.sourceText)
            throw diagnostics.error(.invalid)
        }
    }

    /// The sweep's own algorithm for the cell's parameters.
    private func definedAlgorithm(_ trialClass: TrialClass, at digits: Digits) throws -> DefinedAlgorithm? {
        guard let own = layout.entry(.optimizer, at: digits).algorithm else { return nil }
        let diagnostics = Diagnostics(file: layout.spec.fileName)
        do {
            let algorithm = try own.algorithm(
                parameters: trialClass.optimizer.parameters, dimension: trialClass.dimension, steps: trialClass.steps,
                problem: layout.statedConstants(own.definition.namedOfProblem, trialClass.definedObjective, at: digits))
            try prepare(trialClass.definedObjective, for: algorithm, at: digits, diagnostics)
            return algorithm
        } catch let error as DefinitionError {
            diagnostics.report(error, own.places, layout.spec.sourceText)
            throw diagnostics.error(.invalid)
        }
    }

    /// The sweep's own statistics for the cell's parameters.
    private func definedStatistics(_ trialClass: TrialClass, at digits: Digits) throws -> [DefinedStatistic] {
        // Without coordinates there is nothing to take them of, which is reported elsewhere.
        guard trialClass.method == .full else { return [] }
        return try layout.spec.ownStatistics.map { own in
            do {
                return try own.statistic(
                    on: layout.entry(.problem, at: digits), parameters: trialClass.problem.parameters,
                    dimension: trialClass.dimension)
            } catch let error as DefinitionError {
                let diagnostics = Diagnostics(file: layout.spec.fileName)
                diagnostics.report(error, own.places, layout.spec.sourceText)
                throw diagnostics.error(.invalid)
            }
        }
    }

    /// Statistics that multiply with the Hessian.
    private static let ofHessian: Set = ["sharpness", "hessian_trace", "alignment"]

    /// Second derivatives are made, and are found to be too large, before trials ask for them.
    private func prepareCurvature(_ objective: DefinedObjective?, at digits: Digits) throws {
        guard let objective, let defined = layout.entry(.problem, at: digits).defined else { return }
        do {
            _ = try objective.extras()
        } catch let error as DefinitionError {
            let diagnostics = Diagnostics(file: layout.spec.fileName)
            diagnostics.report(error, defined.places, layout.spec.sourceText)
            throw diagnostics.error(.invalid)
        }
    }

    /// Derivatives that only some algorithms ask for are made before trials do.
    private func prepare(
        _ objective: DefinedObjective?, for algorithm: DefinedAlgorithm, at digits: Digits, _ diagnostics: Diagnostics
    ) throws {
        guard let objective, let defined = layout.entry(.problem, at: digits).defined,
            algorithm.asksForCurvature || algorithm.asksForExamples
        else { return }
        do {
            _ = try objective.extras()
        } catch let error as DefinitionError {
            diagnostics.report(error, defined.places, layout.spec.sourceText)
            throw diagnostics.error(.invalid)
        }
    }

    private func spectrum(_ dimension: Int, at digits: Digits) -> Spectrum {
        let entry = layout.entry(.problem, at: digits)
        guard entry.description.takesEigenvalues, let given = entry.spectrum else {
            return spectra.spectrum(SpectrumCache.Key(shape: .uniform(1), dimension: dimension)) { [] }
        }
        switch given {
        case .uniform(let value):
            let number = value ?? layout.value(FieldCatalogue.eigenvalues.name, at: digits)
            return spectra.spectrum(SpectrumCache.Key(shape: .uniform(number), dimension: dimension)) { [] }
        case .spread(let kind, let from, let to):
            let ends = [(from, "from"), (to, "to")].map { end, name in
                end ?? layout.value(FieldCatalogue.rangeEnd(kind, name).name, at: digits)
            }
            let shape = SpectrumCache.Key.Shape.spread(isGeometric: kind.isGeometric, from: ends[0], to: ends[1])
            return spectra.spectrum(SpectrumCache.Key(shape: shape, dimension: dimension)) { [] }
        case .blocks(let blocks, _):
            let problem = Int(layout.value("problem", at: digits))
            let count = given.count ?? dimension
            return spectra.spectrum(SpectrumCache.Key(shape: .list(problem: problem), dimension: count)) { blocks }
        }
    }

    private func start(at digits: Digits) -> StartPoint {
        switch layout.spec.start {
        case .defined: .defined
        case .radius: .radius(layout.value("start.radius", at: digits))
        case .sphere: .sphere(layout.value("start.sphere", at: digits))
        case .vector(let values, _): .vector(values)
        case .blocks(let norms, _): .blocks(norms)
        }
    }
}

extension Spectrum {
    /// The first coordinates.
    fileprivate func prefix(_ count: Int) -> Spectrum {
        var left = count
        var first: [EigenBlock] = []
        for block in blocks where left > 0 {
            first.append(EigenBlock(value: block.value, multiplicity: min(left, block.multiplicity)))
            left -= block.multiplicity
        }
        return Spectrum(blocks: first)
    }
}
