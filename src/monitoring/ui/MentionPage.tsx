export default function MentionPage() {
  return null
}
