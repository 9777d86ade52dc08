import ScalingFits
import Testing
import TrialContract

@testable import SweepReports

@Suite struct ExportTests {
    private func lines(_ body: (@escaping (String) throws -> Void) throws -> Void) throws -> [String] {
        final class Text { var value = "" }
        let text = Text()
        try body { text.value += $0 }
        return text.value.split(separator: "\n").map(String.init)
    }

    @Test func cellsHaveCountsAndQuantiles() throws {
        let lines = try lines { try SweepExport.cells(of: SampleColumns(), statistics: ["distance"], output: $0) }
        #expect(lines.count == 1 + 24 - 1, "a row per cell but the excluded one")
        #expect(lines[0] == "optimizer,noise,rho,variance,statistic,finished,diverged,missing,mean,standard_error,median,"
            + "q05,q25,q75,q95,minimum,maximum")
        let last = lines[23].split(separator: ",", omittingEmptySubsequences: false)
        #expect(lines[23].hasPrefix("\"plain, \"\"quoted\"\"\",0.5,1.0,0.25,distance,46,1,1,"))
        let values = try SampleColumns().values(of: "distance", cells: 23..<24).filter(\.isFinite)
        #expect(Double(last[9]) == SampleSummary(values).mean, "the digits identify the mean")
    }

    /// Programs guess a column's type from how its first numbers look.
    @Test func floatsLookLikeFloatsAndIntegersLikeIntegers() throws {
        var columns = SampleColumns()
        columns.dimensions[1] = GridDimension(name: "dimension", values: .integers([1, 10]), longName: "")
        columns.dependentCoordinates = []
        let trials = try lines { try SweepExport.trials(of: columns, output: $0) }
        #expect(trials[1].hasPrefix("m-sam,1,0.0,0,finished,77,"))
        let outcomes = try FitSession(columns, request: FitRequest(options: FitOptions(bootstrapResamples: 0))).outcomes()
        let fits = CSVFormat().render(FitDocument(outcomes: outcomes), style: ReportStyle()).split(separator: "\n")
        #expect(fits[1].hasPrefix("m-sam,1,distance_squared,") && fits[2].hasPrefix("m-sam,10,"))
        for (value, text) in [(0, "0.0"), (1e-5, "1e-05"), (1e20, "1e+20"), (0.1, "0.1"), (-2, "-2.0"), (.infinity, "inf")] {
            #expect(CSVRow.number(value) == text)
        }
        #expect(CSVRow.number(.nan) == "NaN" && CSVRow.number(nil) == "NaN" && CSVRow.count(nil) == "NaN" && CSVRow.count(12) == "12.0")
        #expect(CSVRow.end(-.infinity) == "NaN" && CSVRow.end(0) == "0.0")
    }

    @Test func trialsHaveARowEach() throws {
        let lines = try lines { try SweepExport.trials(of: SampleColumns(), output: $0) }
        #expect(lines.count == 1 + 23 * 48)
        #expect(lines[0] == "optimizer,noise,rho,variance,trial,status,steps_taken,distance,suboptimality")
        #expect(lines[lines.count - 45].hasSuffix(",3,diverged,77,NaN,NaN"))
        #expect(lines[lines.count - 44].hasSuffix(",4,missing,77,NaN,NaN"))
        let value = try SampleColumns().values(of: "distance", cells: 0..<1)[5]
        let fields = lines[6].split(separator: ",", omittingEmptySubsequences: false)
        #expect(fields[4] == "5" && Double(fields[7]) == value)
    }

    @Test func unknownStatisticsAreNamed() {
        #expect(throws: ScalingFitsError.unknownResponse("loss", known: ["distance", "suboptimality"])) {
            try SweepExport.cells(of: SampleColumns(), statistics: ["loss"]) { _ in }
        }
    }

    @Test func datasetHasTheGroupsCoordinates() throws {
        let session = try FitSession(
            SampleColumns(), request: FitRequest(options: FitOptions(bootstrapResamples: 200)))
        let dataset = FitDataset(dimensions: session.groupDimensions, outcomes: try session.outcomes())
        #expect(dataset.dimensions.map(\.name) == ["optimizer", "noise"])
        for variable in dataset.variables {
            switch variable.values {
            case .numbers(let values): #expect(values.count == 4)
            case .integers(let values): #expect(values.count == 4)
            case .names(let values): #expect(values.count == 4)
            }
        }
        let names = dataset.variables.map(\.name)
        #expect(Set(names).count == names.count && names.contains("exponent_lower") && names.contains("model"))
        guard case .numbers(let exponents)? = dataset.variables.first(where: { $0.name == "exponent" })?.values else {
            Issue.record("no exponent")
            return
        }
        #expect(abs(exponents[0] - 2) < 1e-9)
        #expect(dataset.attributes.map(\.value) == ["distance_squared", "rho", "0.95"])
    }

    @Test func plannedCellsBecomeTheorySettings() {
        let spectrum = Spectrum(blocks: [EigenBlock(value: 1, multiplicity: 3), EigenBlock(value: 2, multiplicity: 1)])
        var trialClass = TrialClass(
            optimizer: ComponentChoice("sgd"), problem: ComponentChoice("quadratic"), spectrum: spectrum,
            noiseModel: ComponentChoice("gaussian"), steps: 25, start: .radius(2), statistics: ["distance"])
        let cell = CellParameters(learningRate: 0.1, rho: 0, noisePerCoordinate: 0.5, streamKey: 1)
        let setting = TheorySetting(trialClass, cell)
        #expect(setting.dimension == 4 && setting.isConstant && setting.steps == 25 && setting.noise == 0.5)
        let norms = setting.blocks.compactMap(\.startNorm)
        #expect(norms.count == 2 && abs(norms[0] - 1.7320508075688772) < 1e-15 && abs(norms[1] - 1) < 1e-15)
        trialClass.start = .vector([1, 2, 2, 5])
        #expect(TheorySetting(trialClass, cell).blocks.map(\.startNorm) == [3, 5])
        trialClass.start = .sphere(1)
        #expect(TheorySetting(trialClass, cell).blocks.map(\.startNorm) == [nil, nil])
        trialClass.rhoSchedule = ComponentChoice("power", ["exponent": 0.5])
        #expect(!TheorySetting(trialClass, cell).isConstant)
    }
}
