export default function StreamPage() {
  return null
}
