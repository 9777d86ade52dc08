import TrialContract

/// Copies the trajectories of whole cells from one result to another that is not yet in use; what is in both is compared.
struct CurveTransfer {
    private let source: ResultReader
    private let curves: StoredCurves
    private let target: StoredCurves

    /// `nil` unless both have the same trajectories.
    init?(from source: ResultReader, to rows: StoredRows, _ header: ResultHeader) {
        guard let curves = source.curves, source.header.layout.curve == header.layout.curve,
            let target = StoredCurves(file: rows.file, header: header) else { return nil }
        self.source = source
        self.curves = curves
        self.target = target
    }

    /// Copies the trajectories of a cell if they are there.
    ///
    /// - Throws: `damaged` where they are damaged or differ from those that are in the target.
    func copy(_ cell: Int, to place: Int) throws {
        guard try source.hasCurves(cell: cell) else { return }
        let bytes = try curves.readChecked(cell: cell)
        guard try target.isWritten(cell: place) else { return try target.write(bytes, cell: place) }
        if try target.readChecked(cell: place) == bytes { return }
        throw ResultStoreError(
            .damaged, "merge", object: "curves", path: source.path,
            reason: "the trajectories of \(DamageReport.coordinates(cell, source.header.layout.dimensions)) are others "
                + "than in the files before it",
            remedy: "find out which is right with samsweep audit, and leave the other out")
    }
}
