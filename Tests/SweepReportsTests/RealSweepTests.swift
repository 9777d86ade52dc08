import KernelSelection
import ScalingFits
import SweepReports
import Testing
import TrialContract

/// Trials of the kernels over optimizer and rho, held in memory.
private struct KernelColumns: TrialColumns {
    let dimensions: [GridDimension]
    let dependentCoordinates: [AuxiliaryCoordinate] = []
    let statistics = ["distance"]
    let trials: Int
    let sharesRandomNumbers = true
    private var distances: [Double] = []
    private var states: [UInt8] = []
    private(set) var settings: [TheorySetting] = []

    /// - Parameter trialClass: of an optimizer and a rho.
    init(
        optimizers: [String], rhos: [Double], trials: Int, learningRate: Double, noise: Double,
        _ trialClass: (String, Double) -> TrialClass
    ) throws {
        dimensions = [
            GridDimension(name: "optimizer", values: .names(optimizers), longName: ""),
            GridDimension(name: "rho", values: .numbers(rhos), longName: ""),
        ]
        self.trials = trials
        let kernel = try KernelSelection.kernel()
        for optimizer in optimizers {
            for rho in rhos {
                let kind = trialClass(optimizer, rho)
                let cell = CellParameters(
                    learningRate: learningRate, rho: rho, noisePerCoordinate: noise, streamKey: 20_231_030)
                let request = BlockRequest(trialClass: kind, cells: [cell], trials: 0..<trials)
                guard let columns = kernel.run(request, stop: StopFlag()) else { continue }
                distances += columns.values[0]
                states += columns.status
                settings.append(TheorySetting(kind, cell))
            }
        }
    }

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        Array(distances[cells.lowerBound * trials..<cells.upperBound * trials])
    }

    func status(cells: Range<Int>) throws -> [UInt8] {
        Array(states[cells.lowerBound * trials..<cells.upperBound * trials])
    }

    func stepsTaken(cells: Range<Int>) throws -> [Int64] { Array(repeating: 0, count: cells.count * trials) }
}

/// The laws of real trials, from the kernels to the fit.
@Suite struct RealSweepTests {
    static let rhos = [0.001, 0.00316, 0.01, 0.0316, 0.1, 0.316, 1]

    private func kind(
        _ optimizer: String, problem: ComponentChoice = ComponentChoice("quadratic"), d: Int = 1, noise: Bool,
        steps: Int, start: Double
    ) -> TrialClass {
        TrialClass(
            optimizer: ComponentChoice(optimizer), problem: problem,
            spectrum: Spectrum(blocks: [EigenBlock(value: 1, multiplicity: d)]),
            noiseModel: ComponentChoice(noise ? "gaussian" : "none"), steps: steps, start: .radius(start),
            statistics: ["distance"])
    }

    private func fits(_ columns: KernelColumns, _ request: FitRequest) throws -> [ScalingFit] {
        try FitSession(columns, request: request).outcomes().map { outcome in
            guard case .fit(let fit) = outcome else { throw ScalingFitsError.noTrials }
            return fit
        }
    }

    @Test func trapIsAQuarterOfRhoSquared() throws {
        let columns = try KernelColumns(
            optimizers: ["m-sam"], rhos: Self.rhos, trials: 8, learningRate: 0.5, noise: 0
        ) { optimizer, rho in
            kind(
                optimizer,
                problem: ComponentChoice("trap", ["c1": 0.5, "c2": 0.5, "smoothness": 1, "rho0": rho]), noise: false,
                steps: 200, start: 0)
        }
        let fit = try fits(columns, FitRequest())[0]
        #expect(fit.model == "power")
        #expect(abs(try #require(fit.exponent) - 2) < 1e-6)
        #expect(abs(try #require(fit.prefactor) - 0.25) < 1e-6)
        let theory = TheoryComparison.compare([.fit(fit)]) { columns.settings[$0] }
        #expect(theory.first?.rows.count == 7)
        #expect(theory.allSatisfy { $0.rows.allSatisfy { $0.agrees() } })
    }

    @Test(arguments: [0.1, 0.5]) func deterministicSAMIsExactlyQuadratic(eta: Double) throws {
        let columns = try KernelColumns(
            optimizers: ["sam"], rhos: Self.rhos, trials: 2, learningRate: eta, noise: 0
        ) { optimizer, _ in kind(optimizer, d: 3, noise: false, steps: 2000, start: 1.3) }
        let fit = try fits(columns, FitRequest())[0]
        let amplitude = eta / (2 - eta)
        #expect(abs(try #require(fit.exponent) - 2) < 1e-6)
        #expect(abs(try #require(fit.prefactor) / (amplitude * amplitude) - 1) < 1e-6)
        let theory = TheoryComparison.compare([.fit(fit)]) { columns.settings[$0] }
        #expect(theory.count == 1 && theory[0].rows.allSatisfy { $0.agrees() })
    }

    /// Sign, slope and size of the excess over SGD by the second-order forms, d = 1 and 10, h = 0.02.
    @Test(arguments: [1, 10]) func excessOverSGDFollowsTheory(d: Int) throws {
        let columns = try KernelColumns(
            optimizers: ["n-sam", "m-sam"], rhos: [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3], trials: 2048, learningRate: 0.02,
            noise: 1
        ) { optimizer, _ in kind(optimizer, d: d, noise: true, steps: 700, start: 1e-3) }
        let fits = try fits(columns, FitRequest(response: "excess", options: FitOptions(bootstrapResamples: 500)))
        let theory = TheoryComparison.compare(fits.map(FitOutcome.fit)) { columns.settings[$0] }
        #expect(theory.count == 2)
        for comparison in theory {
            #expect(comparison.rows.count == 6)
            for row in comparison.rows { #expect(row.agrees(within: 3), "\(comparison.by) \(row)") }
        }
        // Leading order at small rho: -/+ (eta s/2) E|zeta| rho.
        let slope = 0.01 * (d == 1 ? 0.7978845608028654 : 3.0843277597998639)
        let linear = theory.map { $0.rows[0].measured / $0.rows[0].x }
        #expect(abs(linear[0] / -slope - 1) < 0.25 && abs(linear[1] / slope - 1) < 0.25, "\(linear)")
        // n-SAM crosses SGD where lambda rho = E|xi|; m-SAM never does.
        let crossing = d == 1 ? 0.8 : 3.08
        for row in theory[0].rows where row.x < 0.6 * crossing { #expect(row.measured < 0) }
        for row in theory[0].rows where row.x > 1.5 * crossing { #expect(row.measured > 0) }
        #expect(theory[1].rows.allSatisfy { $0.measured > 0 })
        if d == 1 {
            // Where theory has a crossing there is one, and no law.
            let found = try #require(fits[0].contrast?.crossings.first)
            #expect(fits[0].outcome == .noLaw && abs(found.x - 0.8) < 0.2, "\(found)")
        }
    }

    @Test func twoQuadraticsMixAFloorRhoAndRhoSquared() throws {
        let parameters = ["a1": 0.5, "a2": 1.5, "K": 4.0]
        let columns = try KernelColumns(
            optimizers: ["m-sam"], rhos: [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1], trials: 2048, learningRate: 0.01, noise: 0
        ) { optimizer, _ in
            kind(optimizer, problem: ComponentChoice("two-quadratics", parameters), noise: false, steps: 800, start: 0)
        }
        let fit = try fits(columns, FitRequest(options: FitOptions(model: "polynomial", bootstrapResamples: 500)))[0]
        let square = 0.01 * 1.25
        let divisor = 2 - square
        let truth = [0.16 / divisor, 0.06 / divisor, (square + 0.5 - 0.01) / divisor]
        for (parameter, truth) in zip(fit.parameters, truth) {
            let error = try #require(parameter.standardError)
            #expect(abs(parameter.value - truth) < 4 * error, "\(parameter) for \(truth)")
        }
        let theory = TheoryComparison.compare([.fit(fit)]) { columns.settings[$0] }
        #expect(theory.count == 1 && theory[0].rows.allSatisfy { $0.agrees(within: 4) })
    }
}
