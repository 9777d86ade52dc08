import PortableMath
import TrialContract
import Wording

extension SweepDecoder {
    /// `data` of a problem that is a finite sum over examples from a file: reads them and finds the minimiser.
    ///
    /// - Returns: `nil` after reporting.
    func dataSource(
        _ entry: ComponentEntry, _ parts: [SourceEntry], _ node: SourceNode, isOnlyProblem: Bool
    ) -> DataSource? {
        let name = entry.description.name
        guard isOnlyProblem else {
            diagnostics.report(
                node.place, "problem", "\(name) must be the only problem of a sweep, whose minimiser its result holds",
                value: name, remedy: "write a sweep file for it alone")
            return nil
        }
        guard let data = parts["data"] else {
            diagnostics.report(
                node, "problem", "\(name) needs data, a file of examples in LIBSVM text or HDF5",
                remedy: "write {name: \(name), data: data/breast-cancer.svm}")
            return nil
        }
        for parameter in DataSource.fixedParameters where swept.contains("problem.\(parameter)") {
            diagnostics.report(
                node.place, "problem.\(parameter)", "decides the minimiser and cannot be swept",
                remedy: "write a sweep file for each value")
            return nil
        }
        guard let file = reader.text(data, "problem.data") else { return nil }
        return source(entry, file, data)
    }

    private func source(_ entry: ComponentEntry, _ file: String, _ node: SourceNode) -> DataSource? {
        let isZeroBased = entry.description.value(of: "zero_based", in: entry.given) == 1
        let path = DataFile.path(file, besides: [diagnostics.file] + data.besides, digest: data.digest)
        do {
            let (dataset, digest) = try DataFile.read(
                path, numbers: data.numbers, isZeroBased: isZeroBased, meant: data.digest)
            // A step of Newton's method takes this many operations: beyond a second or so, people wonder.
            let rows = Double(dataset.rows), columns = Double(dataset.columns)
            var known: [LinearModelMinimum] = []
            if (rows + columns) * columns * columns > 1e8 {
                known = data.known().filter { $0.digest == digest }.map(\.minimum)
                let examples = "\(counted(dataset.rows, "example")) of \(counted(dataset.columns, "number")) in \(path)"
                let seconds = LinearModelMinimum.expectedSeconds(rows: dataset.rows, columns: dataset.columns)
                data.announce(
                    known.isEmpty
                        ? "looking for the minimiser over \(examples)" + (seconds < 3 ? "" : ", about \(Int(seconds)) s")
                        : "checking the minimiser that a result holds over \(examples)")
            }
            var source = try DataSource(
                dataset, digest: digest, problem: entry.description, given: entry.given, known: known)
            source.file = DataFileReference(written: file, path: path, digest: digest)
            return source
        } catch let error as DataFileError {
            let error = data.digest == nil ? data.told(error) : error
            diagnostics.report(
                node, "problem.data", error.text, remedy: error.remedy
                    ?? "give the path of a LIBSVM text, or of an HDF5 file with X and y, from the sweep file's folder: "
                    + "\(path) was looked at")
        } catch {
            diagnostics.report(node, "problem.data", "\(error)", remedy: "change l2, standardise or the data")
        }
        return nil
    }
}
