/** What every chart element understands: where its rows are, if they are not in a table in it. */
export const commonAttributes = ["table", "src"]
