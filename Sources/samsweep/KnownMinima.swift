import Glibc
import PortableMath
import ResultStore
import SweepPlanning
import TrialContract

/// The minima that results hold of problems over data, so that none is found twice. The planner checks them before it
/// believes them.
enum KnownMinima {
    /// Results that are looked at, the last changed first.
    private static let mostFiles = 32

    static func of(_ reader: ResultReader) -> [KnownMinimum] {
        KnownMinimum(reader.fixedParameters).map { [$0] } ?? []
    }

    static func of(_ plan: PlannedSweep) -> () -> [KnownMinimum] {
        { plan.knownMinimum.map { [$0] } ?? [] }
    }

    /// Those of the results in the folder of a file.
    static func beside(_ path: String) -> [KnownMinimum] {
        guard let slash = path.lastIndex(of: "/") else { return inFolder(".") }
        return inFolder(slash == path.startIndex ? "/" : String(path[..<slash]))
    }

    /// Those of the results in a folder.
    static func inFolder(_ folder: String) -> [KnownMinimum] {
        let series = HeaderSeries()
        return files(inFolder: folder) { $0.hasSuffix(".h5") && !$0.hasPrefix(".") }.prefix(mostFiles).compactMap { file in
            (try? series.fixedParameters(of: file)).flatMap(KnownMinimum.init)
        }
    }

    /// Regular files in a folder, the last changed first.
    static func files(inFolder folder: String, where isMeant: (String) -> Bool) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var files: [(path: String, changed: Int)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard isMeant(name) else { continue }
            var info = stat()
            let path = "\(folder)/\(name)"
            guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            files.append((path, info.st_mtim.tv_sec))
        }
        return files.sorted { ($0.changed, $0.path) > ($1.changed, $1.path) }.map(\.path)
    }
}

extension KnownMinimum {
    /// The one that a result holds; `nil` where it has none.
    fileprivate init?(_ parameters: [FixedParameter]) {
        func numbers(_ name: String) -> [Double]? {
            guard case .numbers(let values)? = parameters.first(where: { $0.name == name })?.value else { return nil }
            return values
        }
        guard let digest = parameters.dataDigest, let minimiser = numbers("minimiser"), let value = numbers("minimum")?.first,
            let gradient = numbers("minimiser_relative_gradient_norm")?.first, let smoothness = numbers("smoothness")?.first,
            let strongConvexity = numbers("strong_convexity")?.first
        else { return nil }
        self.init(
            digest: digest,
            minimum: LinearModelMinimum(
                minimiser: minimiser, value: value, relativeGradientNorm: gradient, smoothness: smoothness,
                strongConvexity: strongConvexity))
    }
}

extension ResultReader {
    /// SHA-256 of the data file that the sweep was run over; `nil` where it has none.
    var dataDigest: String? { fixedParameters.dataDigest }
}

extension [FixedParameter] {
    fileprivate var dataDigest: String? {
        guard case .names(let names)? = first(where: { $0.name == "data_sha256" })?.value else { return nil }
        return names.first
    }
}
