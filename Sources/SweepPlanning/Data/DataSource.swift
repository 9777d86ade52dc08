import PortableMath
import TrialContract

/// The data that a problem is a finite sum over, with its minimiser.
struct DataSource: Sendable {
    /// SHA-256 of the file, in hexadecimal: what the data are, wherever they lie.
    let digest: String
    let finiteSum: FiniteSum
    let minimum: LinearModelMinimum
    /// What looking for it took; `nil` where it was known.
    let searchSeconds: Double?
    /// `nil` for data that are not from a file.
    var file: DataFileReference?

    /// Parameters that decide the minimiser: one value for the whole sweep.
    static let fixedParameters = ["l2", "standardise", "intercept", "zero_based"]

    var dimension: Int { finiteSum.dataset.columns }
    var rows: Int { finiteSum.dataset.rows }

    /// Prepares the data as a problem's parameters say, and finds the minimiser.
    ///
    /// - Throws: `LinearModelError` where there is no minimiser, `DataFileError` where classes are not two.
    ///
    /// - Parameters:
    ///   - problem: one over data.
    ///   - given: its parameters, where they are not the defaults.
    ///   - known: minima that were found earlier over the same file.
    init(
        _ dataset: Dataset, digest: String, problem: ComponentDescription, given: [String: Double],
        known: [LinearModelMinimum] = []
    ) throws {
        guard let loss = problem.objective?.loss else { fatalError("\(problem.name) is no problem over data") }
        self.digest = digest
        var dataset = problem.value(of: "standardise", in: given) == 0 ? dataset : dataset.standardised()
        if problem.value(of: "intercept", in: given) != 0 { dataset = dataset.withIntercept() }
        if loss.takesSigns { dataset = try dataset.withSignTargets(for: problem.name) }
        let l2 = problem.value(of: "l2", in: given)
        let model = LinearModel(
            loss: loss, features: dataset.features, targets: dataset.targets,
            columns: dataset.columns, l2: l2)
        if let confirmed = known.first(where: model.confirms) {
            (minimum, searchSeconds) = (confirmed, nil)
        } else {
            let start = ContinuousClock.now
            minimum = try model.minimum()
            searchSeconds = (ContinuousClock.now - start) / .seconds(1)
        }
        finiteSum = FiniteSum(
            dataset: dataset, l2: l2, minimiser: minimum.minimiser, minimum: minimum.value)
    }
}

/// A data file as a sweep names it.
package struct DataFileReference: Sendable, Equatable {
    /// As the sweep file writes it.
    package let written: String
    /// Where it was found; relative to the working folder unless it begins with a slash.
    package let path: String
    /// SHA-256 of the file, in hexadecimal.
    package let digest: String

    /// The digest of a file as it is now. Throws what is wrong with it, for people.
    package static func digest(of path: String) throws -> String { try DataFile.bytesAndDigest(path).digest }
}

/// What is wrong with a data file, without its name.
struct DataFileError: Error {
    let text: String
    /// `nil`: to give another file.
    let remedy: String?

    init(_ text: String, remedy: String? = nil) {
        self.text = text
        self.remedy = remedy
    }
}
