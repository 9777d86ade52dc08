import ResultStore
import ScalingFits
import SweepReports
import TrialContract

/// Fits as a file for xarray: the sweep's coordinates where groups differ, a variable for each thing that is known.
enum FitFile {
    /// Throws `ResultStoreError`.
    static func write(_ dataset: FitDataset, of reader: ResultReader, to path: String) throws {
        let groups = dataset.dimensions.map(\.name)
        let names = groups + (dataset.abscissa.map { [$0.name] } ?? [])
        let dimensions = reader.dimensions.filter { names.contains($0.name) }
        let coordinates = reader.auxiliaryCoordinates.filter { Set($0.dimensions).isSubset(of: names) }
        let taken = Set(names + coordinates.map(\.name))
        let variables = dataset.variables.map { variable in
            ArrayFile.Variable(
                name: taken.contains(variable.name) ? "fit_\(variable.name)" : variable.name,
                longName: variable.longName, dimensions: variable.isCurve ? names : groups, values: values(variable.values))
        }
        try ArrayFile(
            kind: "fits", dimensions: dimensions, coordinates: coordinates, variables: variables,
            attributes: attributes(dataset, reader)
        ).write(to: path)
    }

    private static func attributes(_ dataset: FitDataset, _ reader: ResultReader) -> [(name: String, value: String)] {
        let own = Provenance.current()
        return [
            ("Conventions", "CF-1.11"), ("title", "Scaling laws of \(reader.title)"),
            ("source", "samsweep \(own.version)"), ("history", own.commandLine), ("references", own.references),
            ("git_commit", own.gitCommit), ("plan_fingerprint", reader.planFingerprint),
        ] + dataset.attributes
    }

    private static func values(_ values: FitDataset.Values) -> AxisValues {
        switch values {
        case .numbers(let numbers): .numbers(numbers)
        case .integers(let integers): .integers(integers.map(Int.init))
        case .names(let names): .names(names)
        }
    }
}
