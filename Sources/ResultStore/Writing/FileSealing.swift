/// Ends the writing of a file that is not yet in use.
enum FileSealing {
    /// Claims all tiles that hold results, marks the file complete if nothing is missing, and brings it to disk.
    static func seal(_ rows: StoredRows, _ header: ResultHeader) throws -> CompletionCounts {
        let table = TileTable(rows: rows, header: header)
        var ledger = try TileLedger(rows, table)
        try table.seal(ledger.takeOpen())
        let counts = try rows.countStatus()
        if counts.missing == 0 { try CompletionMark.set(1, in: rows.file) }
        try rows.file.synchronise()
        return counts
    }
}
